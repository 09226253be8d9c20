import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeModel, funnelQuery, modelsQuery } from '../../api/content'
import type { ModelRow } from '../../api/contentShapes'
import { FilterChip } from '../../components/Chips'
import { DataTable } from '../../components/DataTable'
import { boundsOf } from '../../components/range'
import { SearchBox } from '../../components/SearchBox'
import { LEVELS, Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { BulkBar } from './BulkBar'
import { ContentMenu } from './ContentMenu'
import { ContentTabs } from './ContentTabs'
import { FunnelDrawing } from './Funnel'
import { useModelColumns } from './modelColumns'
import { chosenModels, ORIGINS, readView, STATES, writeView, type State, type View } from './view'

type Change = (changes: Partial<View>, push?: boolean) => void
const NOTHING: ReadonlySet<string> = new Set()

/** Every detection model: what it finds, what it needs, how it does, whether it is on. */
export function Models() {
  const { t } = useTranslation()
  const text = useText()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const change: Change = useCallback((changes, push) => setAddress(writeView({ ...readView(address), ...changes }), push), [address, setAddress])
  const models = useQuery(modelsQuery)
  const rows = useMemo(() => chosenModels(models.data?.items ?? [], view, text), [models.data, view, text])
  usePageTitle(t('nav.models'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.models')}</h1>
        <Chips view={view} change={change} />
        <span className="grow" />
        <SearchBox value={view.search} placeholder={t('models.search')} width={240} onApply={(search) => change({ search, cursor: '' }, true)} />
        <ContentMenu />
      </div>
      <ContentTabs />
      <WholeFunnel />
      <div className="split">
        <section className="panel">
          {models.isPending && <Loading lines={10} />}
          {models.isError && <Failed error={models.error} onRetry={() => void models.refetch()} />}
          {models.isSuccess && <List rows={rows} view={view} change={change} total={models.data.items.length} />}
        </section>
      </div>
    </div>
  )
}

function Chips({ view, change }: { view: View; change: Change }) {
  const { t } = useTranslation()
  return (
    <>
      <FilterChip
        name={t('column.severity')} many none={t('filter.all')}
        options={LEVELS.filter((level) => level !== 'info').map((level) => ({ value: level, label: <Severity level={level} plain /> }))}
        chosen={view.severities} changed={view.severities.length > 0}
        onChoose={(chosen) => change({ severities: LEVELS.filter((level) => chosen.includes(level)), cursor: '' }, true)}
      />
      <FilterChip
        name={t('column.origin')} many none={t('filter.all')}
        options={ORIGINS.map((origin) => ({ value: origin, label: t(`origin.${origin}`) }))}
        chosen={view.origins} changed={view.origins.length > 0}
        onChoose={(origins) => change({ origins, cursor: '' }, true)}
      />
      <FilterChip
        name={t('column.state')} many none={t('filter.all')}
        options={STATES.map((state) => ({ value: state, label: t(`contentState.${state}`) }))}
        chosen={view.states} changed={view.states.length > 0}
        onChoose={(states) => change({ states: states as State[], cursor: '' }, true)}
      />
    </>
  )
}

/** The last 30 days: what every layer took away. */
function WholeFunnel() {
  const { t } = useTranslation()
  // One moment per visit, so that the question stays the same while the page is looked at.
  const [now] = useState(() => Date.now())
  const span = useMemo(() => boundsOf({ preset: '30d' }, now), [now])
  const funnel = useQuery(funnelQuery(span))
  if (funnel.isError) return null
  return (
    <section className="panel" aria-label={t('funnel.last30')}>
      <div className="panel-head" style={{ minHeight: 0, padding: '5px 12px' }}><h2>{t('funnel.last30')}</h2></div>
      {funnel.data ? <FunnelDrawing records={funnel.data.records} funnel={funnel.data} /> : <Loading lines={2} />}
    </section>
  )
}

function List({ rows, view, change, total }: { rows: ModelRow[]; view: View; change: Change; total: number }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useModelColumns()
  const [marked, setMarked] = useState(NOTHING)
  const open = (id: string) => void navigate({ to: '/models/$id', params: { id } })
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map((row) => row.id), view.cursor, by) ?? '' })
  const mark = () => {
    const next = new Set(marked)
    if (view.cursor && !next.delete(view.cursor)) next.add(view.cursor)
    setMarked(next)
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: mark,
    Escape: () => setMarked(NOTHING),
    Enter: (event) => (event.target instanceof HTMLElement && event.target.closest('a, button, input') ? event.target.click() : view.cursor && open(view.cursor)),
  })
  if (rows.length === 0) return <Empty title={t('models.empty')}><p>{t('models.emptyHelp')}</p><Button variant="default" onClick={() => change({ search: '', severities: [], origins: [], states: [], cursor: '' }, true)}>{t('filter.reset')}</Button></Empty>
  return (
    <>
      <BulkBar marked={rows.filter((row) => marked.has(row.id))} change={(id, enabled) => changeModel(id, { enabled })} onDone={() => setMarked(NOTHING)} />
      <DataTable
        label={t('nav.models')}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHeight={46}
        cursor={view.cursor}
        onChoose={(row) => change({ cursor: row.id })}
        onOpen={(row) => open(row.id)}
        marked={marked}
        onMark={setMarked}
        order={view.order}
        onOrder={(order) => change({ order })}
        foot={<div className="table-foot">{t('table.shown', { shown: rows.length, total })}</div>}
      />
    </>
  )
}
