import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { searchActivities } from '../../api/search'
import type { ActivityRow } from '../../api/shapes'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { Panel } from '../../components/Panel'
import { Empty, Failed, Loading } from '../../components/States'
import { whatHappened } from '../../components/whatHappened'
import { neededColumns } from '../search/neededColumns'

const SHOWN = 20

/** The last things it had to do with. */
export function RecentActivities({ query }: { query: string }) {
  const { t } = useTranslation()
  const columns = neededColumns({ dataset: 'all', columns: ['eventId'] })
  const found = useQuery({ queryKey: ['search', 'recent', query], queryFn: ({ signal }) => searchActivities({ query, columns, top: SHOWN }, signal), retry: false, staleTime: 30_000 })
  const rows = found.data?.items ?? []
  return (
    <Panel title={t('entity.recent')} plain tools={<Link to="/search" search={{ query, range: 'all' }}>{t('menu.search')}</Link>}>
      {found.isPending && <Loading lines={5} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && rows.length === 0 && <Empty title={t('search.empty')} />}
      {rows.length > 0 && <Rows rows={rows} />}
    </Panel>
  )
}

function Rows({ rows }: { rows: ActivityRow[] }) {
  const { t } = useTranslation()
  const columns: Column<ActivityRow>[] = [
    { key: 'time', header: t('column.eventTime'), width: '120px', cell: (row) => <Moment short at={row.eventTime as number} /> },
    { key: 'host', header: t('column.endpoint'), width: '130px', cell: (row) => <ObjectValue object={{ type: 'host', field: 'endpointHostName', value: String(row.endpointHostName ?? '') }} /> },
    { key: 'what', header: t('search.summary'), cell: (row) => <span className="mono clip" style={{ display: 'block' }} title={whatHappened(row)}>{whatHappened(row)}</span> },
  ]
  return <DataTable label={t('entity.recent')} rows={rows} columns={columns} rowKey={(row) => String(row.uuid)} rowHeight={30} />
}
