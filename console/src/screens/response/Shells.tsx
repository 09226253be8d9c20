import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay, useSession } from '../../api/session'
import { shellsQuery, type ShellRow } from '../../api/shells'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { ResponseTabs } from './ResponseTabs'

/** Every remote shell: those that are open can be looked on at, those that are over can be played again. */
export function Shells() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const found = useQuery(shellsQuery)
  const columns = useColumns()
  const rows = found.data?.items ?? []
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  usePageTitle(t('response.tab.shells'))
  return (
    <div className="page fixed">
      <div className="page-head"><h1>{t('nav.response')}</h1></div>
      <ResponseTabs />
      <div className="split">
        <section className="panel">
          {found.isPending && <Loading lines={8} />}
          {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
          {found.isSuccess && rows.length === 0 && <Empty title={t('shells.empty')}><p>{t('shells.emptyHelp')}</p></Empty>}
          {rows.length > 0 && <DataTable label={t('response.tab.shells')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={48} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} />}
        </section>
      </div>
    </div>
  )
}

function useColumns(): Column<ShellRow>[] {
  const { t } = useTranslation()
  const text = useText()
  return [
    { key: 'id', header: t('response.task'), width: '92px', cell: (row) => <Link className="mono" to="/response/tasks/$id" params={{ id: row.id }}>{row.id}</Link> },
    { key: 'endpoint', header: t('column.endpoint'), width: '160px', cell: (row) => <ObjectValue object={{ type: 'host', field: 'endpointHostName', value: row.endpointName, about: { guid: row.endpoint, name: row.endpointName } }} /> },
    { key: 'state', header: t('column.state'), width: '110px', cell: (row) => <span className={`badge ${row.state === 'open' ? 'badge-warn' : ''}`}>{t(`shells.state.${row.state}`)}</span> },
    { key: 'by', header: t('response.by'), width: '120px', cell: (row) => <span className="clip" style={{ display: 'block' }}>{row.askedBy}</span> },
    { key: 'watchers', header: t('shells.watchers'), width: '130px', cell: (row) => row.watchers.join(', ') || <span className="dim">–</span> },
    { key: 'reason', header: t('response.reason'), cell: (row) => <span className="two-lines" title={row.reason}>{row.reason}</span> },
    { key: 'started', header: t('shells.started'), width: '118px', cell: (row) => (row.started ? <Moment short at={row.started} /> : <span className="dim">–</span>) },
    { key: 'end', header: t('shells.end'), width: '200px', cell: (row) => (row.ended ? <span className="two-lines"><Moment short at={row.ended} /> <span className="dim">{text(row.endReason?.text)}</span></span> : <span className="dim">–</span>) },
    { key: 'tools', header: '', width: '120px', cell: (row) => <Way row={row} /> },
  ]
}

/** To the live shell, or to its recording. */
function Way({ row }: { row: ShellRow }) {
  const { t } = useTranslation()
  const may = useMay('shell')
  const me = useSession()?.user.name
  if (row.state === 'ended') return row.started ? <Link to="/response/tasks/$id" params={{ id: row.id }}>{t('shell.recording')}</Link> : null
  return may ? <Link to="/response/shell/$taskId" params={{ taskId: row.id }}>{t(row.askedBy === me ? 'shell.open' : 'shells.watch')}</Link> : null
}
