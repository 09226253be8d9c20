import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { queryFor } from '../../api/queryText'
import { searchActivities } from '../../api/search'
import type { ActivityRow } from '../../api/shapes'
import { ActivityFlyout } from '../../components/ActivityFlyout'
import { DataTable } from '../../components/DataTable'
import { ObjectScope } from '../../components/ObjectMenu'
import { boundsOf } from '../../components/range'
import { Empty, Failed, Loading } from '../../components/States'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { whatHappened } from '../../components/whatHappened'
import { ColumnMenu } from './ColumnMenu'
import { useSearchColumns } from './columns'
import { QueryLine } from './QueryLine'
import { narrowed, readView, writeView, type View } from './view'

type Change = (changes: Partial<View>, push?: boolean) => void
const EXAMPLES = ['objectCmd: *reg*save*', 'processFilePath: powershell.exe AND dpt: 443', 'eventId: process AND NOT objectUser: SYSTEM', 'winEventId: 4625']

/** Search over every activity of the lake. */
export function Search() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const [now, setNow] = useState(() => Date.now())
  const change: Change = useCallback((changes, push) => setAddress(writeView({ ...readView(address), ...changes }), push), [address, setAddress])
  usePageTitle(t('nav.search'))
  const run = (query: string) => {
    setNow(Date.now())
    change({ query, cursor: '' }, true)
  }
  return (
    <ObjectScope onFilterIn={(object) => run(narrowed(view.query, queryFor(object.field, object.value)))}>
      <div className="page fixed">
        <div className="page-head"><h1>{t('nav.search')}</h1></div>
        <div className="row">
          <QueryLine query={view.query} onRun={run} />
          <TimeRange range={view.range} onChange={(range) => change({ range, cursor: '' }, true)} />
          <ColumnMenu columns={view.columns} onChange={(columns) => change({ columns })} />
        </div>
        <Results view={view} change={change} now={now} onRun={run} />
      </div>
    </ObjectScope>
  )
}

const keyOf = (row: ActivityRow) => String(row.uuid)

function Results({ view, change, now, onRun }: { view: View; change: Change; now: number; onRun: (query: string) => void }) {
  const rangeText = JSON.stringify(view.range)
  const query = useMemo(
    () => ({ query: view.query, ...boundsOf(view.range, now), top: 100 }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the range
    [view.query, rangeText, now],
  )
  const list = useInfiniteQuery({
    queryKey: ['search', 'list', query],
    queryFn: ({ pageParam, signal }) => searchActivities({ ...query, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const chosen = rows.find((row) => keyOf(row) === view.cursor)
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map(keyOf), view.cursor, by) ?? '' })
  useKeys({ j: () => step(1), k: () => step(-1), Escape: () => change({ cursor: '' }) })
  return (
    <div className="split">
      <section className="panel">
        <Table view={view} change={change} list={list} rows={rows} onRun={onRun} />
      </section>
      {chosen && (
        <ObjectScope uuid={keyOf(chosen)}>
          <ActivityFlyout uuid={keyOf(chosen)} timeMs={Number(chosen.eventTime) || undefined} title={<span className="mono">{whatHappened(chosen)}</span>} onClose={() => change({ cursor: '' })} />
        </ObjectScope>
      )}
    </div>
  )
}

type TableProps = {
  view: View
  change: Change
  rows: ActivityRow[]
  onRun: (query: string) => void
  list: { isPending: boolean; isError: boolean; isFetching: boolean; error: unknown; hasNextPage: boolean; isFetchingNextPage: boolean; refetch: () => unknown; fetchNextPage: () => unknown; data?: { pages: { totalCount?: number }[] } | undefined }
}

function Table({ view, change, rows, list, onRun }: TableProps) {
  const { t } = useTranslation()
  const columns = useSearchColumns(view.columns)
  if (list.isPending) return <Loading lines={12} />
  if (list.isError) {
    if (list.error instanceof ApiError && list.error.status === 400) return <BadQuery message={list.error.message} onRun={onRun} />
    return <Failed error={list.error} onRetry={() => void list.refetch()} />
  }
  if (rows.length === 0) return <NoRows view={view} change={change} onRun={onRun} />
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
          <span>{total === undefined ? t('search.shown', { count: rows.length }) : t('table.shown', { shown: rows.length, total })}</span>
          {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
        </div>
      }
    />
  )
}

function BadQuery({ message, onRun }: { message: string; onRun: (query: string) => void }) {
  const { t } = useTranslation()
  return (
    <Empty title={t('search.bad')}>
      <p role="alert" className="mono">{message}</p>
      <Examples onRun={onRun} />
    </Empty>
  )
}

function NoRows({ view, change, onRun }: { view: View; change: Change; onRun: (query: string) => void }) {
  const { t } = useTranslation()
  const narrow = !('preset' in view.range) || view.range.preset !== 'all'
  return (
    <Empty title={t('search.empty')}>
      <p>{t('search.emptyHelp')}</p>
      {narrow && <Button onClick={() => change({ range: { preset: 'all' } }, true)}>{t('detections.showAllTime')}</Button>}
      <Examples onRun={onRun} />
    </Empty>
  )
}

function Examples({ onRun }: { onRun: (query: string) => void }) {
  const { t } = useTranslation()
  return (
    <div className="col" style={{ marginTop: 12 }}>
      <span>{t('search.examples')}</span>
      {EXAMPLES.map((example) => (
        <button key={example} type="button" className="plain link mono" onClick={() => onRun(example)}>{example}</button>
      ))}
      <Link to="/detections">{t('search.orDetections')}</Link>
    </div>
  )
}
