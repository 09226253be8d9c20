import { Button } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconFilter, IconSitemap } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { filterQuery, modelQuery } from '../../api/content'
import type { ModelRow, ModelRule } from '../../api/shapes'
import { Moment } from '../../components/Moment'
import { Products } from '../../components/Product'
import { Severity } from '../../components/Severity'
import { Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import '../alert/alert.css'
import { ModelSwitch } from './ModelSwitch'
import { SigmaText } from './SigmaText'

/** One model as a tree: its rules, their filters, and each filter's Sigma text. */
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
      <Tree model={model.data} />
    </div>
  )
}

function Head({ model }: { model: ModelRow }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <header className="panel alert-head">
      <div className="grow">
        <div className="row"><Link to="/models" className="dim">{t('nav.models')}</Link><span className="dim">/</span><span className="mono">{model.id}</span></div>
        <h1>{text(model.name)}</h1>
        <p>{text(model.description)}</p>
        <dl className="alert-facts">
          <div><dt>{t('column.severity')}</dt><dd><Severity level={model.severity} /></dd></div>
          <div><dt>{t('column.needs')}</dt><dd><Products products={model.products} available={model.available} /></dd></div>
          <div><dt>{t('column.techniques')}</dt><dd><Techniques techniques={model.techniques} named /></dd></div>
          {model.updatedDateTime && <div><dt>{t('column.updated')}</dt><dd><Moment at={model.updatedDateTime} /></dd></div>}
        </dl>
      </div>
      <div className="col" style={{ alignItems: 'flex-end' }}>
        <ModelSwitch model={model} />
        <Button variant="default" renderRoot={(props) => <Link to="/workbench" search={{ model: model.id, created: 'all', status: 'all' }} {...props} />}>
          {t('models.alerts', { count: model.alertCount })}
        </Button>
      </div>
    </header>
  )
}

function Tree({ model }: { model: ModelRow }) {
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
                <IconSitemap size={16} aria-hidden />
                <strong>{text(rule.name)}</strong>
                <span className="dim">{t(`ruleType.${rule.type}`, rule.type)}</span>
              </p>
              <ul className="tree">
                {rule.filters.map((filter) => (
                  <FilterBranch key={filter.id} filter={filter} />
                ))}
              </ul>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function FilterBranch({ filter }: { filter: ModelRule['filters'][number] }) {
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
