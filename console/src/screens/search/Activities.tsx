import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { searchActivities } from '../../api/search'
import type { ActivityRow } from '../../api/shapes'
import { ActivityFlyout } from '../../components/ActivityFlyout'
import { DataTable } from '../../components/DataTable'
import { ObjectScope } from '../../components/ObjectMenu'
import { whatHappened } from '../../components/whatHappened'
import { stepKey, useKeys } from '../../frame/keys'
import { useSearchColumns } from './columns'
import { useSearch } from './context'
import { FacetPanel } from './FacetPanel'
import { NotFoundHere, Refused, Waiting } from './Outcome'
import { neededColumns } from './neededColumns'

/** Detections have ids of their own; one activity may have several. */
const keyOf = (row: ActivityRow) => String(row.id ?? row.uuid)

/** The activities a query finds, newest first, with facets on the left; a row opens its record beside the list. */
export function Activities() {
  const { view, question, change } = useSearch()
  const columns = neededColumns(view)
  const list = useInfiniteQuery({
    queryKey: ['search', 'list', question, columns],
    queryFn: ({ pageParam, signal }) => searchActivities({ ...question, columns, top: 100, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken || undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const chosen = rows.find((row) => keyOf(row) === view.cursor)
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map(keyOf), view.cursor, by) ?? '' })
  useKeys({ j: () => step(1), k: () => step(-1), Escape: () => change({ cursor: '' }) })
  return (
    <div className="split">
      {!chosen && <FacetPanel />}
      <section className="panel">
        <Rows list={list} rows={rows} />
      </section>
      {chosen && <Opened row={chosen} onClose={() => change({ cursor: '' })} />}
    </div>
  )
}

function Opened({ row, onClose }: { row: ActivityRow; onClose: () => void }) {
  const uuid = String(row.uuid)
  return (
    <ObjectScope uuid={uuid}>
      <ActivityFlyout wide uuid={uuid} timeMs={Number(row.eventTime) || undefined} title={<span className="mono">{whatHappened(row)}</span>} onClose={onClose} />
    </ObjectScope>
  )
}

type List = { isPending: boolean; isError: boolean; isFetching: boolean; error: unknown; hasNextPage: boolean; isFetchingNextPage: boolean; refetch: () => unknown; fetchNextPage: () => unknown; data?: { pages: { totalCount?: number }[] } | undefined }

function Rows({ rows, list }: { rows: ActivityRow[]; list: List }) {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  // Beside an open record there is room for what says most.
  const columns = useSearchColumns(view.cursor ? [view.dataset === 'detections' ? 'filterName' : 'summary'] : view.columns)
  if (list.isPending) return <Waiting />
  if (list.isError) return <Refused error={list.error} onRetry={() => void list.refetch()} />
  if (rows.length === 0) return <NotFoundHere />
  const total = list.data?.pages[0]?.totalCount
  return (
    <DataTable
      label={t('nav.search')}
      rows={rows}
      columns={columns}
      rowKey={keyOf}
      cursor={view.cursor}
      onChoose={(row) => change({ cursor: keyOf(row) })}
      rowHeight={30}
      foot={
        <div className="table-foot">
          <span>{total === undefined ? t('search.shown', { count: rows.length }) : t('table.shown', { shown: rows.length.toLocaleString(), total: total.toLocaleString() })}</span>
          {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
        </div>
      }
    />
  )
}
