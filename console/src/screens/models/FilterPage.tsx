import { Button } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { filterQuery } from '../../api/content'
import type { FilterDetail } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { usePageTitle } from '../../frame/Frame'
import { useLanguage, useText } from '../../i18n'
import '../alert/alert.css'
import { Code } from '../editor/Code'
import { ConflictLine, RedLine } from './ContentLines'
import { FilterRisk } from './Filters'
import { HeadButtons } from './HeadButtons'
import { OriginMarks, ProofMark } from './Marks'
import { Updated } from './modelColumns'
import { FilterSwitch } from './ModelSwitch'
import { RemoveContent } from './RemoveContent'

/** One filter: what it finds, its condition, how sure it is, and the models that build on it. */
export function FilterPage() {
  const { id } = useParams({ from: '/frame/filters/$id' })
  const text = useText()
  const filter = useQuery(filterQuery(id))
  usePageTitle(filter.data ? text(filter.data.title) : id)
  if (filter.isPending) return <div className="page"><Loading lines={8} /></div>
  if (filter.isError) return <div className="page"><Failed error={filter.error} onRetry={() => void filter.refetch()} /></div>
  return (
    <div className="page">
      <Head filter={filter.data} />
      {filter.data.conflict && <ConflictLine kind="filter" id={id} />}
      {filter.data.proof.state === 'red' && <RedLine proof={filter.data.proof} />}
      <div className="two">
        <Definition filter={filter.data} />
        <Facts filter={filter.data} />
      </div>
    </div>
  )
}

function Head({ filter }: { filter: FilterDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <header className="panel alert-head">
      <div className="grow">
        <div className="row">
          <Link to="/filters" className="dim">{t('content.filters')}</Link><span className="dim">/</span><span className="mono">{filter.id}</span>
          <OriginMarks origin={filter.origin} edited={filter.edited} conflict={filter.conflict} />
        </div>
        <h1>{text(filter.title)}</h1>
        <p>{text(filter.description)}</p>
        <dl className="alert-facts">
          <div><dt>{t('column.risk')}</dt><dd><FilterRisk filter={filter} /></dd></div>
          <div><dt>{t('filter.class')}</dt><dd>{t(`filterClass.${filter.class}`, filter.class)}</dd></div>
          <div><dt>{t('column.confidence')}</dt><dd title={t('confidence.help')}>{t(`confidence.${filter.confidence}`)}</dd></div>
          <div><dt>{t('column.proof')}</dt><dd><ProofMark proof={filter.proof} /></dd></div>
          <div><dt>{t('column.techniques')}</dt><dd><Techniques techniques={filter.techniques} named /></dd></div>
        </dl>
      </div>
      <HeadButtons
        kind="filter"
        id={filter.id}
        onOff={<FilterSwitch filter={filter} modelCount={filter.models.length} />}
        found={<Button variant="default" renderRoot={(props) => <Link to="/detections" search={{ filter: filter.id, range: 'all' }} {...props} />}>{t('filter.detections')}</Button>}
      />
    </header>
  )
}

function Definition({ filter }: { filter: FilterDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('content.text')}</h2></div>
      <div className="panel-body">
        <Code value={filter.text} language="yaml" label={t('models.sigmaOf', { title: text(filter.title) })} />
      </div>
    </section>
  )
}

function Facts({ filter }: { filter: FilterDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const may = useMay('content')
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('models.how')}</h2></div>
      <div className="panel-body col">
        <dl className="facts">
          <dt>{t('filter.models')}</dt>
          <dd>{filter.models.length === 0 ? '–' : filter.models.map((model) => <div key={model.id}><Link to="/models/$id" params={{ id: model.id }}>{text(model.name)}</Link></div>)}</dd>
          <dt>{t('column.hits')}</dt>
          <dd className="num">{filter.hits}</dd>
          <dt>{t('nav.exceptions')}</dt>
          <dd><Link to="/exceptions" search={{ filter: filter.id }}>{t('exceptions.count', { count: filter.exceptionCount })}</Link></dd>
          <dt>{t('column.updated')}</dt>
          <dd><Updated at={filter.updatedDateTime} by={filter.updatedBy} /></dd>
          <dt>{t('versions.version')}</dt>
          <dd className="num">{filter.version}</dd>
          {filter.author && <><dt>{t('filters.author')}</dt><dd>{filter.author}</dd></>}
        </dl>
        {may && (
          <Button variant="default" leftSection={<IconEyeOff size={15} />} renderRoot={(props) => <Link to="/exceptions/new" search={{ filter: filter.id }} {...props} />}>{t('exceptions.add')}</Button>
        )}
        {filter.measured && <Measured measured={filter.measured} />}
        {filter.references.length > 0 && <References references={filter.references} />}
        <RemoveContent kind="filter" id={filter.id} name={filter.title} origin={filter.origin} edited={filter.edited} />
      </div>
    </section>
  )
}

/** What it met on ordinary recordings: the ground of its confidence. */
function Measured({ measured }: { measured: NonNullable<FilterDetail['measured']> }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const n = (count: number) => count.toLocaleString(language)
  return (
    <section>
      <h3 className="section-title">{t('filters.measured')}</h3>
      <table className="small-table">
        <tbody>
          {(['benign', 'own', 'background'] as const).map((where) => (
            <tr key={where}><td>{t(`measured.${where}`)}</td><td className="num">{t('measured.hits', { hits: n(measured[where].hits), events: n(measured[where].events) })}</td></tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function References({ references }: { references: string[] }) {
  const { t } = useTranslation()
  return (
    <section>
      <h3 className="section-title">{t('filter.references')}</h3>
      <ul className="bare">{references.map((reference) => <li key={reference} style={{ overflowWrap: 'anywhere' }}><Reference address={reference} /></li>)}</ul>
    </section>
  )
}

/** Content may come from anybody: only web addresses become links. */
function Reference({ address }: { address: string }) {
  if (!/^https?:\/\//.test(address)) return <span>{address}</span>
  return <a href={address} target="_blank" rel="noreferrer noopener">{address}</a>
}
