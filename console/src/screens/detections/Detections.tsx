import { Button } from '@mantine/core'
import { IconEyeOff, IconRefresh } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryFor } from '../../api/queryText'
import { listDetections, readFacets, readHistogram } from '../../api/detections'
import type { DetectionRow, FacetName } from '../../api/shapes'
import { ActivityFlyout } from '../../components/ActivityFlyout'
import { ValueChip } from '../../components/Chips'
import { DataTable } from '../../components/DataTable'
import { FieldList } from '../../components/FieldList'
import { Histogram } from '../../components/Histogram'
import { ObjectScope, type MenuObject } from '../../components/ObjectMenu'
import { boundsOf } from '../../components/range'
import { SearchBox } from '../../components/SearchBox'
import { Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { useDetectionColumns } from './columns'
import { FacetPanel } from './FacetPanel'
import { useFacetLabel } from './facetLabel'
import { detectionQueryOf, FACETS, readView, writeView, type View } from './view'
import { ViewMenu } from './ViewMenu'
import './detections.css'

type Change = (changes: Partial<View>, push?: boolean) => void

/** Observed Attack Techniques: every activity that met a filter, whether or not it led to an alert. */
export function Detections() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const [now, setNow] = useState(() => Date.now())
  const change: Change = useCallback((changes, push) => setAddress(writeView({ ...readView(address), ...changes }), push), [address, setAddress])
  const narrowed = JSON.stringify([view.range, view.search, view.chosen])
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the parts of the view that matter
  const query = useMemo(() => detectionQueryOf(view, now), [narrowed, now])
  usePageTitle(t('nav.detections'))
  const histogram = useQuery({ queryKey: ['detections', 'histogram', query], queryFn: ({ signal }) => readHistogram(query, signal), placeholderData: keepPreviousData })
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.detections')}</h1>
        <ViewMenu address={address} />
        <span className="grow" />
        <SearchBox value={view.search} placeholder={t('detections.search')} onApply={(search) => change({ search, cursor: '' }, true)} width={280} />
        <TimeRange range={view.range} onChange={(range) => change({ range, cursor: '' }, true)} />
        <Button variant="default" aria-label={t('action.refresh')} title={t('action.refresh')} px={8} onClick={() => setNow(Date.now())}><IconRefresh size={15} /></Button>
      </div>
      <Chosen view={view} change={change} />
      <section className="panel" aria-label={t('detections.overTime')}>
        {histogram.data ? <Histogram data={histogram.data} span={boundsOf(view.range, now)} onSpan={(from, to) => change({ range: { from, to } }, true)} /> : <Loading lines={3} />}
      </section>
      <Body view={view} change={change} query={query} />
    </div>
  )
}

/** The chosen values, each to be taken away. */
function Chosen({ view, change }: { view: View; change: Change }) {
  const { t } = useTranslation()
  const label = useFacetLabel()
  const chosen = FACETS.flatMap((facet) => view.chosen[facet].map((value) => ({ facet, value })))
  if (chosen.length === 0 && view.hidden.length === 0) return null
  return (
    <div className="row wrap">
      {chosen.map(({ facet, value }) => (
        <ValueChip key={`${facet}-${value}`} name={t(`facet.${facet}`)} value={label(facet, value)} onRemove={() => change({ chosen: { ...view.chosen, [facet]: view.chosen[facet].filter((one) => one !== value) } }, true)} />
      ))}
      {view.hidden.map((filter) => (
        <ValueChip key={filter} name={t('detections.hidden')} value={label('filter', filter)} onRemove={() => change({ hidden: view.hidden.filter((one) => one !== filter) }, true)} />
      ))}
    </div>
  )
}

function Body({ view, change, query }: { view: View; change: Change; query: ReturnType<typeof detectionQueryOf> }) {
  const list = useInfiniteQuery({
    queryKey: ['detections', 'list', query],
    queryFn: ({ pageParam, signal }) => listDetections({ ...query, top: 100, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
  })
  const facets = useQuery({ queryKey: ['detections', 'facets', query], queryFn: ({ signal }) => readFacets(query, signal), placeholderData: keepPreviousData })
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const rows = all.filter((row) => !view.hidden.includes(row.filterId))
  const chosen = all.find((row) => row.id === view.cursor)
  const filterIn = useCallback(
    (facet: FacetName, value: string) => change({ chosen: { ...view.chosen, [facet]: [...new Set([...view.chosen[facet], value])] }, cursor: '' }, true),
    [change, view.chosen],
  )
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map((row) => row.id), view.cursor, by) ?? '' })
  useKeys({ j: () => step(1), k: () => step(-1), Escape: () => change({ cursor: '' }) })
  return (
    <ObjectScope onFilterIn={(object) => filterByObject(object, filterIn, change)}>
      <div className="split">
        {!chosen && <FacetPanel facets={facets.data} chosen={view.chosen} onChoose={(facet, values) => change({ chosen: { ...view.chosen, [facet]: values }, cursor: '' }, true)} />}
        <section className="panel">
          <Rows list={list} rows={rows} hiddenCount={all.length - rows.length} view={view} change={change} onHide={(filter) => change({ hidden: [...view.hidden, filter] }, true)} />
        </section>
        {chosen && <RowFlyout row={chosen} onClose={() => change({ cursor: '' })} />}
      </div>
    </ObjectScope>
  )
}

/** A value becomes a facet where there is one, else a search for it. */
function filterByObject(object: MenuObject, filterIn: (facet: FacetName, value: string) => void, change: Change): void {
  if (object.type === 'host') filterIn('endpoint', object.value)
  else if (object.type === 'filter') filterIn('filter', object.field)
  else change({ search: queryFor(object.field, object.value), cursor: '' }, true)
}

type RowsProps = {
  list: { isPending: boolean; isError: boolean; error: unknown; hasNextPage: boolean; isFetchingNextPage: boolean; refetch: () => unknown; fetchNextPage: () => unknown; data?: { pages: { totalCount?: number }[] } | undefined }
  rows: DetectionRow[]
  hiddenCount: number
  view: View
  change: Change
  onHide: (filter: string) => void
}

function Rows({ list, rows, hiddenCount, view, change, onHide }: RowsProps) {
  const { t } = useTranslation()
  const columns = useDetectionColumns(view.cursor !== '', onHide)
  if (list.isPending) return <Loading lines={10} />
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (rows.length === 0) return <NoRows view={view} change={change} hiddenCount={hiddenCount} />
  const total = list.data?.pages[0]?.totalCount ?? rows.length
  return (
    <DataTable
      label={t('nav.detections')}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.id}
      cursor={view.cursor}
      onChoose={(row) => change({ cursor: row.id })}
      foot={
        <div className="table-foot">
          <span>{t('table.shown', { shown: rows.length, total })}</span>
          {hiddenCount > 0 && <span className="row tight"><IconEyeOff size={14} aria-hidden />{t('detections.hiddenRows', { count: hiddenCount })}</span>}
          {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
        </div>
      }
    />
  )
}

function NoRows({ view, change, hiddenCount }: { view: View; change: Change; hiddenCount: number }) {
  const { t } = useTranslation()
  const narrow = !('preset' in view.range) || view.range.preset !== 'all'
  return (
    <Empty title={t('detections.empty')}>
      {hiddenCount > 0 && <Button variant="default" onClick={() => change({ hidden: [] }, true)}>{t('detections.showHidden', { count: hiddenCount })}</Button>}
      <p>{t('detections.emptyHelp')}</p>
      {narrow && <Button onClick={() => change({ range: { preset: 'all' } }, true)}>{t('detections.showAllTime')}</Button>}
    </Empty>
  )
}

function RowFlyout({ row, onClose }: { row: DetectionRow; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <ObjectScope uuid={row.uuid} filterId={row.filterId}>
      <ActivityFlyout uuid={row.uuid} timeMs={Date.parse(row.eventDateTime)} title={text(row.title)} filter={{ id: row.filterId, title: text(row.title) }} detection={row.id} onClose={onClose}>
        <div className="row wrap" style={{ padding: '10px 14px 0' }}>
          <Severity level={row.risk} />
          <Techniques techniques={row.techniques} named />
        </div>
        <section style={{ padding: '10px 14px 0' }}>
          <h4 className="section-title">{t('alert.highlights')}</h4>
          <FieldList fields={row.highlights} />
        </section>
      </ActivityFlyout>
    </ObjectScope>
  )
}
