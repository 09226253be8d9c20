import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { statusQuery } from '../../api/administration'
import { useSession } from '../../api/session'
import { valueText } from '../../components/FieldList'
import { momentText } from '../../components/Moment'
import { Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useLanguage } from '../../i18n'
import './status.css'

/** How the house is: what it holds, what waits, what could not be read. */
export function SystemStatus() {
  const { t } = useTranslation()
  const language = useLanguage()
  const status = useQuery(statusQuery)
  const version = useSession()?.version
  usePageTitle(t('nav.status'))
  if (status.isPending) return <div className="page"><Loading /></div>
  if (status.isError) return <div className="page"><Failed error={status.error} onRetry={() => void status.refetch()} /></div>
  const { data } = status
  const number = (value: number) => value.toLocaleString(language)
  const dead = Object.entries(data.deadLetters)
  return (
    <div className="page">
      <div className="page-head"><h1>{t('nav.status')}</h1><span className="dim">Hinomi {data.version ?? version}</span></div>
      {data.trouble && <p role="alert" className="panel panel-body trouble">{data.trouble}</p>}
      <dl className="figures">
        <Figure name={t('system.activities')} value={number(data.activities)} />
        <Figure name={t('system.detections')} value={number(data.detections)} />
        <Figure name={t('workbench.tab.alerts')} value={number(data.alerts)} />
        <Figure name={t('system.waiting')} value={number(data.spool.waiting)} wanted={data.spool.waiting > 10_000} />
        <Figure name={t('system.dead')} value={number(dead.reduce((sum, [, count]) => sum + count, 0))} wanted={dead.length > 0} />
      </dl>
      <div className="three" style={{ gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' }}>
        <section className="panel">
          <div className="panel-head"><h2>{t('system.lake')}</h2></div>
          <dl className="field-list panel-body">
            {Object.entries(data.lake).filter(([name]) => name !== 'rows').map(([name, value]) => (
              <Line key={name} name={t(`lake.${name}`, name)} value={shown(name, value, number) || '–'} />
            ))}
          </dl>
        </section>
        <section className="panel">
          <div className="panel-head"><h2>{t('system.deadByReason')}</h2></div>
          <dl className="field-list panel-body">
            {dead.map(([reason, count]) => <Line key={reason} name={reason} value={number(count)} />)}
            {dead.length === 0 && <dd className="dim" style={{ fontFamily: 'inherit' }}>{t('system.noDead')}</dd>}
          </dl>
        </section>
        {data.correlation && (
          <section className="panel">
            <div className="panel-head"><h2>{t('system.correlation')}</h2></div>
            <dl className="field-list panel-body">
              <Line name={t('system.windowed')} value={`${number(data.correlation.waiting)} / ${number(data.correlation.bound)}`} />
              <Line name={t('system.windows')} value={number(data.correlation.windows)} />
              <Line name={t('system.evicted')} value={number(data.correlation.evicted)} />
              <Line name={t('system.late')} value={number(data.correlation.late)} />
              <Line name={t('system.suppressed')} value={number(data.correlation.suppressed)} />
            </dl>
          </section>
        )}
      </div>
    </div>
  )
}

function Figure({ name, value, wanted = false }: { name: string; value: string; wanted?: boolean }) {
  return (
    <div className="panel figure" data-wanted={wanted}>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  )
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** Values of the lake's report, by what their name says they are. */
function shown(name: string, value: unknown, number: (value: number) => string): string {
  if (typeof value === 'number' && /bytes/i.test(name)) return value >= 1 << 20 ? `${number(Math.round(value / (1 << 20)))} MiB` : `${number(value)} B`
  if (/oldest|newest|time/i.test(name) && (typeof value === 'number' || typeof value === 'string')) return momentText(value) || valueText(value)
  return typeof value === 'number' ? number(value) : valueText(value)
}
