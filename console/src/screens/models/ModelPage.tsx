import { Button } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconFilter, IconSitemap } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { filterQuery, funnelQuery, modelQuery } from '../../api/content'
import type { FilterName, ModelDetail } from '../../api/contentShapes'
import { boundsOf } from '../../components/range'
import { Severity } from '../../components/Severity'
import { Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import '../alert/alert.css'
import { Code } from '../editor/Code'
import { ConflictLine, RedLine } from './ContentLines'
import { FunnelDrawing } from './Funnel'
import { HeadButtons } from './HeadButtons'
import { Needs, OriginMarks, PrecisionMark, ProofMark } from './Marks'
import { ModelSeverity, Updated } from './modelColumns'
import { ModelSwitch, RuleSwitch } from './ModelSwitch'
import { RemoveContent } from './RemoveContent'
import { SigmaText } from './SigmaText'

/** One model as a tree: its rules, their filters, and each filter's Sigma text; beside it how it does. */
export function ModelPage() {
  const { id } = useParams({ from: '/frame/models/$id' })
  const text = useText()
  const model = useQuery(modelQuery(id))
  usePageTitle(model.data ? text(model.data.name) : id)
  if (model.isPending) return <div className="page"><Loading lines={8} /></div>
  if (model.isError) return <div className="page"><Failed error={model.error} onRetry={() => void model.refetch()} /></div>
  return (
    <div className="page">
      <Head model={model.data} />
      {model.data.conflict && <ConflictLine kind="model" id={id} />}
      {model.data.proof.state === 'red' && <RedLine proof={model.data.proof} />}
      <ModelFunnel model={model.data} />
      <div className="two">
        <Tree model={model.data} />
        <Facts model={model.data} />
      </div>
      <ModelText model={model.data} />
    </div>
  )
}

function Head({ model }: { model: ModelDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <header className="panel alert-head">
      <div className="grow">
        <div className="row">
          <Link to="/models" className="dim">{t('nav.models')}</Link><span className="dim">/</span><span className="mono">{model.id}</span>
          <OriginMarks origin={model.origin} edited={model.edited} conflict={model.conflict} />
        </div>
        <h1>{text(model.name)}</h1>
        <p>{text(model.description)}</p>
        <dl className="alert-facts">
          <div><dt>{t('column.severity')}</dt><dd><ModelSeverity model={model} /></dd></div>
          <div><dt>{t('column.needs')}</dt><dd><Needs needs={model.needs} unavailable={model.unavailable} /></dd></div>
          <div><dt>{t('column.proof')}</dt><dd><ProofMark proof={model.proof} /></dd></div>
          <div><dt>{t('column.techniques')}</dt><dd><Techniques techniques={model.techniques} named /></dd></div>
        </dl>
      </div>
      <HeadButtons
        kind="model"
        id={model.id}
        onOff={<ModelSwitch model={model} />}
        found={<Button variant="default" renderRoot={(props) => <Link to="/workbench" search={{ model: model.id, created: 'all', status: 'all' }} {...props} />}>{t('models.alerts', { count: model.alertCount })}</Button>}
      />
    </header>
  )
}

function ModelFunnel({ model }: { model: ModelDetail }) {
  const { t } = useTranslation()
  const [now] = useState(() => Date.now())
  const span = useMemo(() => boundsOf({ preset: '30d' }, now), [now])
  const whole = useQuery(funnelQuery(span))
  const own = whole.data?.models.find((one) => one.id === model.id) ?? model.funnel
  return (
    <section className="panel" aria-label={t('funnel.last30')}>
      <div className="panel-head"><h2>{t('funnel.last30')}</h2></div>
      {whole.isPending ? <Loading lines={2} /> : <FunnelDrawing records={whole.data?.records ?? 0} funnel={own} />}
    </section>
  )
}

function Facts({ model }: { model: ModelDetail }) {
  const { t } = useTranslation()
  const { closed, truePositives, falsePositives } = model.precision
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('models.how')}</h2></div>
      <div className="panel-body col">
        <dl className="facts">
          <dt>{t('column.precision')}</dt>
          <dd><PrecisionMark precision={model.precision} />{model.precision.ratio !== null && <div className="dim">{t('models.precisionOf', { right: truePositives, wrong: falsePositives, closed })}</div>}{model.precision.ratio === null && <span className="dim"> {t('models.noPrecision')}</span>}</dd>
          <dt>{t('nav.exceptions')}</dt>
          <dd><Link to="/exceptions" search={{ model: model.id }}>{t('exceptions.count', { count: model.exceptionCount })}</Link></dd>
          <dt>{t('column.updated')}</dt>
          <dd><Updated at={model.updatedDateTime} by={model.updatedBy} /></dd>
          <dt>{t('versions.version')}</dt>
          <dd className="num">{model.version}</dd>
        </dl>
        <RemoveContent kind="model" id={model.id} name={model.name} origin={model.origin} edited={model.edited} />
      </div>
    </section>
  )
}

function Tree({ model }: { model: ModelDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('models.tree')}</h2></div>
      <div className="why">
        <ul className="tree">
          {model.rules.map((rule) => (
            <li key={rule.id}>
              <p className="row wrap">
                <RuleSwitch model={model} rule={rule} />
                <span className={`row wrap${rule.enabled ? '' : ' rule-off'}`}>
                  <IconSitemap size={16} aria-hidden />
                  <strong>{text(rule.name)}</strong>
                  <span className="dim">{t(`ruleType.${rule.type}`, rule.type)}</span>
                </span>
              </p>
              <ul className="tree">
                {rule.filters.map((filter) => <FilterBranch key={filter.id} filter={filter} />)}
              </ul>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function FilterBranch({ filter }: { filter: FilterName }) {
  const { t } = useTranslation()
  const text = useText()
  const [open, setOpen] = useState(false)
  const detail = useQuery({ ...filterQuery(filter.id), enabled: open })
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <li>
      <p className="row wrap">
        <button type="button" className="plain row tight" aria-expanded={open} aria-label={t('models.sigmaOf', { title: text(filter.title) })} onClick={() => setOpen(!open)}>
          <Chevron size={15} aria-hidden />
          <IconFilter size={15} aria-hidden />
        </button>
        <Link to="/filters/$id" params={{ id: filter.id }}>{text(filter.title)}</Link>
        <Severity level={filter.risk} plain />
      </p>
      {open && detail.isPending && <Loading lines={4} />}
      {open && detail.isError && <Failed error={detail.error} onRetry={() => void detail.refetch()} />}
      {open && detail.data && <SigmaText filter={detail.data} />}
    </li>
  )
}

/** The text in effect, folded away until it is wanted. */
function ModelText({ model }: { model: ModelDetail }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <section className="panel">
      <div className="panel-head">
        <h2><button type="button" className="plain row tight" aria-expanded={open} onClick={() => setOpen(!open)}><Chevron size={15} aria-hidden />{t('content.text')}</button></h2>
      </div>
      {open && <div className="panel-body"><Code value={model.text} language="yaml" label={t('content.text')} /></div>}
    </section>
  )
}
