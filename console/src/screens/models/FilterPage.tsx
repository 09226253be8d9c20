import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { filterQuery } from '../../api/content'
import { Severity } from '../../components/Severity'
import { Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import '../alert/alert.css'
import { SigmaText } from './SigmaText'

/** One filter: what it finds, its condition, and the models that build on it. */
export function FilterPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/frame/filters/$id' })
  const text = useText()
  const filter = useQuery(filterQuery(id))
  usePageTitle(filter.data ? text(filter.data.title) : id)
  if (filter.isPending) return <div className="page"><Loading lines={8} /></div>
  if (filter.isError) return <div className="page"><Failed error={filter.error} onRetry={() => void filter.refetch()} /></div>
  const { data } = filter
  return (
    <div className="page">
      <header className="panel alert-head">
        <div className="grow">
          <span className="row"><span className="dim">{t('object.filter')}</span><span className="mono">{data.id}</span></span>
          <h1>{text(data.title)}</h1>
          <dl className="alert-facts">
            <div><dt>{t('column.risk')}</dt><dd><Severity level={data.risk} /></dd></div>
            <div><dt>{t('filter.class')}</dt><dd>{t(`filterClass.${data.class}`, data.class)}</dd></div>
            <div><dt>{t('column.techniques')}</dt><dd><Techniques techniques={data.techniques} named /></dd></div>
            <div>
              <dt>{t('filter.models')}</dt>
              <dd className="row wrap">
                {data.models.map((model) => <Link key={model.id} to="/models/$id" params={{ id: model.id }}>{text(model.name)}</Link>)}
                {data.models.length === 0 && '–'}
              </dd>
            </div>
          </dl>
        </div>
        <Button variant="default" renderRoot={(props) => <Link to="/detections" search={{ filter: data.id, range: 'all' }} {...props} />}>{t('filter.detections')}</Button>
      </header>
      <section className="panel panel-body">
        <SigmaText filter={data} />
        {data.references.length > 0 && (
          <>
            <h3 className="section-title">{t('filter.references')}</h3>
            <ul className="bare">
              {data.references.map((reference) => <li key={reference}><Reference address={reference} /></li>)}
            </ul>
          </>
        )}
      </section>
    </div>
  )
}

/** Content may come from anybody: only web addresses become links. */
function Reference({ address }: { address: string }) {
  if (!/^https?:\/\//.test(address)) return <span>{address}</span>
  return <a href={address} target="_blank" rel="noreferrer noopener">{address}</a>
}
