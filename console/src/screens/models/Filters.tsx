import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeFilter, listFilters, useChangeFilter } from '../../api/content'
import type { FilterRow } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import type { Severity as Level } from '../../api/shapes'
import { FilterChip, ValueChip } from '../../components/Chips'
import { DataTable, type Column } from '../../components/DataTable'
import { useOutcome } from '../../components/outcome'
import { SearchBox } from '../../components/SearchBox'
import { LEVELS, Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { BulkBar } from './BulkBar'
import { ContentMenu } from './ContentMenu'
import { ContentTabs } from './ContentTabs'
import { CLASSES, CONFIDENCES, ENABLED, filterQueryOf, readView, writeView, type View } from './filterView'
import { OriginMarks, ProofMark } from './Marks'
import { Updated } from './modelColumns'
import { FilterSwitch } from './ModelSwitch'
import { SeverityPick } from './SeverityPick'
import { ORIGINS } from './view'

type Change = (changes: Partial<View>, push?: boolean) => void
const NOTHING: ReadonlySet<string> = new Set()

/** Every filter: shipped ones, imported Sigma rules, and those made here. */
export function Filters() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const change: Change = useCallback((changes, push) => setAddress(writeView({ ...readView(address), ...changes }), push), [address, setAddress])
  const asked = JSON.stringify(filterQueryOf(view))
  const list = useInfiniteQuery({
    queryKey: ['filters', 'list', asked],
    queryFn: ({ pageParam, signal }) => listFilters({ ...filterQueryOf(view), skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  usePageTitle(t('content.filters'))
  const foot = (
    <div className="table-foot">
      <span>{t('table.shown', { shown: rows.length, total: list.data?.pages[0]?.totalCount ?? rows.length })}</span>
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
    </div>
  )
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('content.filters')}</h1>
        <span className="grow" />
        <SearchBox value={view.search} placeholder={t('filters.search')} width={280} onApply={(search) => change({ search, cursor: '' }, true)} />
        <ContentMenu />
      </div>
      <ContentTabs />
      <Chips view={view} change={change} />
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={10} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <Empty title={t('filters.empty')}><p>{t('models.emptyHelp')}</p></Empty>}
          {rows.length > 0 && <Rows rows={rows} view={view} change={change} foot={foot} />}
        </section>
      </div>
    </div>
  )
}

function Chips({ view, change }: { view: View; change: Change }) {
  const { t } = useTranslation()
  const many = (name: 'origins' | 'classes' | 'confidences', label: string, values: readonly string[], words: (value: string) => string) => (
    <FilterChip name={label} many none={t('filter.all')} options={values.map((value) => ({ value, label: words(value) }))} chosen={view[name]} changed={view[name].length > 0} onChoose={(chosen) => change({ [name]: chosen, cursor: '' }, true)} />
  )
  return (
    <div className="row wrap">
      <FilterChip
        name={t('column.risk')} many none={t('filter.all')}
        options={LEVELS.map((level) => ({ value: level, label: <Severity level={level} plain /> }))}
        chosen={view.risks} changed={view.risks.length > 0}
        onChoose={(chosen) => change({ risks: LEVELS.filter((level) => chosen.includes(level)), cursor: '' }, true)}
      />
      {many('origins', t('column.origin'), ORIGINS, (one) => t(`origin.${one}`))}
      {many('classes', t('filter.class'), CLASSES, (one) => t(`filterClass.${one}`))}
      {many('confidences', t('column.confidence'), CONFIDENCES, (one) => t(`confidence.${one}`))}
      <FilterChip
        name={t('column.state')} none={t('filter.all')}
        options={['', ...ENABLED].map((value) => ({ value, label: t(value === '' ? 'filter.all' : value === 'true' ? 'contentState.on' : 'contentState.off') }))}
        chosen={[view.enabled]} changed={view.enabled !== ''}
        onChoose={([enabled]) => change({ enabled: (enabled ?? '') as View['enabled'], cursor: '' }, true)}
      />
      {view.technique && <ValueChip name={t('column.techniques')} value={view.technique} onRemove={() => change({ technique: '', cursor: '' }, true)} />}
    </div>
  )
}

function Rows({ rows, view, change, foot }: { rows: FilterRow[]; view: View; change: Change; foot: React.ReactNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useColumns()
  const [marked, setMarked] = useState(NOTHING)
  const open = (id: string) => void navigate({ to: '/filters/$id', params: { id } })
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map((row) => row.id), view.cursor, by) ?? '' })
  const mark = () => {
    const next = new Set(marked)
    if (view.cursor && !next.delete(view.cursor)) next.add(view.cursor)
    setMarked(next)
  }
  useKeys({ j: () => step(1), k: () => step(-1), x: mark, Escape: () => setMarked(NOTHING), Enter: (event) => (event.target instanceof HTMLElement && event.target.closest('a, button, input') ? event.target.click() : view.cursor && open(view.cursor)) })
  const chosen = rows.filter((row) => marked.has(row.id)).map(({ id, title, enabled }) => ({ id, name: title, enabled }))
  return (
    <>
      <BulkBar marked={chosen} change={(id, enabled) => changeFilter(id, { enabled })} onDone={() => setMarked(NOTHING)} />
      <DataTable label={t('content.filters')} rows={rows} columns={columns} rowKey={(row) => row.id} cursor={view.cursor} onChoose={(row) => change({ cursor: row.id })} onOpen={(row) => open(row.id)} marked={marked} onMark={setMarked} order={view.order} onOrder={(order) => change({ order })} foot={foot} />
    </>
  )
}

function useColumns(): Column<FilterRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'risk', header: t('column.risk'), width: '108px', order: 'risk', cell: (row) => <FilterRisk filter={row} /> },
    { key: 'title', header: t('column.name'), order: 'title', cell: (row) => <Title filter={row} /> },
    { key: 'class', header: t('filter.class'), width: '98px', cell: (row) => t(`filterClass.${row.class}`, row.class) },
    { key: 'confidence', header: t('column.confidence'), width: '106px', cell: (row) => <span className={row.confidence === 'unmeasured' ? 'dim nowrap' : 'nowrap'}>{t(`confidence.${row.confidence}`)}</span> },
    { key: 'techniques', header: t('column.techniques'), width: '130px', cell: (row) => <Techniques techniques={row.techniques} most={1} /> },
    { key: 'proof', header: t('column.proof'), width: '92px', cell: (row) => <ProofMark proof={row.proof} /> },
    { key: 'models', header: t('filters.modelCount'), width: '74px', numeric: true, cell: (row) => row.modelCount },
    { key: 'hits', header: t('column.hits'), width: '82px', numeric: true, order: 'hits', cell: (row) => (row.hits > 0 ? <Link to="/detections" search={{ filter: row.id, range: 'all' }}>{row.hits}</Link> : 0) },
    { key: 'updated', header: t('column.updated'), width: '124px', order: 'updatedDateTime', cell: (row) => <Updated at={row.updatedDateTime} by={row.updatedBy} /> },
    { key: 'enabled', header: t('column.enabled'), width: '76px', cell: (row) => <FilterSwitch filter={row} modelCount={row.modelCount} /> },
  ]
}

function Title({ filter }: { filter: FilterRow }) {
  const text = useText()
  return (
    <span className="model-name">
      <Link to="/filters/$id" params={{ id: filter.id }} title={text(filter.title)}>{text(filter.title)}</Link>
      <OriginMarks origin={filter.origin} edited={filter.edited} conflict={filter.conflict} />
    </span>
  )
}

export function FilterRisk({ filter }: { filter: Pick<FilterRow, 'id' | 'title' | 'risk' | 'defaultRisk'> }) {
  const { t } = useTranslation()
  const name = useText()(filter.title)
  const outcome = useOutcome()
  const may = useMay('content')
  const { mutate, isPending } = useChangeFilter()
  const pick = (risk: Level | null) => {
    const action = { label: t('action.undo'), run: () => pick(filter.risk === filter.defaultRisk ? null : filter.risk) }
    mutate({ id: filter.id, changes: { risk } }, outcome(t('filters.riskSet', { name, level: t(`severity.${risk ?? filter.defaultRisk}`) }), { action }))
  }
  return <SeverityPick label={t('filters.riskOf', { name })} level={filter.risk} own={filter.defaultRisk} disabled={!may || isPending} onPick={pick} />
}
