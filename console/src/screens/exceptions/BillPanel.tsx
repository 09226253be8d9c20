import { Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Bill } from '../../api/exceptionShapes'
import { Moment } from '../../components/Moment'
import { Failed, Loading } from '../../components/States'
import { useLanguage, useText } from '../../i18n'

const DAYS = ['7', '30']
type Props = { bill: Bill | undefined; busy: boolean; error: unknown; stale: boolean; days: string; onDays: (days: string) => void; children: React.ReactNode }

/** What an exception would have hidden in the last days. */
export function BillPanel({ bill, busy, error, stale, days, onDays, children }: Props) {
  const { t } = useTranslation()
  return (
    <section className="panel" role="region" aria-label={t('bill.title')} aria-busy={busy}>
      <div className="panel-head">
        <h2 className="grow">{t('bill.title')}</h2>
        <Select aria-label={t('preview.days')} w={130} value={days} data={DAYS.map((n) => ({ value: n, label: t('preview.lastDays', { count: Number(n) }) }))} onChange={(chosen) => onDays(chosen ?? days)} />
      </div>
      {busy && <><p className="dim panel-body" style={{ margin: 0 }}>{t('bill.working')}</p><Loading lines={4} /></>}
      {!busy && error !== null && error !== undefined && <Failed error={error} />}
      {!busy && !error && !bill && <p className="dim panel-body" style={{ margin: 0 }}>{t('bill.none')}</p>}
      {!busy && !error && bill && (
        <div className="panel-body col" style={stale ? { opacity: 0.55 } : {}}>
          {stale && <p className="dim" role="status" style={{ margin: 0 }}>{t('bill.stale')}</p>}
          {children}
          <Figures bill={bill} />
          {bill.partial && <p className="dim" style={{ margin: 0 }}>{t('bill.partial')}</p>}
          {bill.byFilter.length > 0 && <ByFilter bill={bill} />}
          {bill.samples.length > 0 && <Samples bill={bill} />}
        </div>
      )}
    </section>
  )
}

function Figures({ bill }: { bill: Bill }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (bill.detections === 0 && bill.alerts === 0) return <p style={{ margin: 0 }} data-testid="bill">{t('bill.nothing', { count: bill.days })}</p>
  return (
    <div className="bill-figures" data-testid="bill">
      <div><strong>{bill.detections.toLocaleString(language)}</strong>{t('bill.detections', { count: bill.detections })}</div>
      <div><strong>{bill.alerts.toLocaleString(language)}</strong>{t('bill.alerts', { count: bill.alerts })}</div>
    </div>
  )
}

function ByFilter({ bill }: { bill: Bill }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <table className="small-table">
      <thead><tr><th>{t('column.filter')}</th><th className="num">{t('column.hits')}</th></tr></thead>
      <tbody>
        {bill.byFilter.map((one) => (
          <tr key={one.filterId}><td><Link to="/filters/$id" params={{ id: one.filterId }}>{text(one.title)}</Link></td><td className="num">{one.count}</td></tr>
        ))}
      </tbody>
    </table>
  )
}

function Samples({ bill }: { bill: Bill }) {
  const { t } = useTranslation()
  return (
    <>
      <h3 className="section-title" style={{ margin: '6px 0 0' }}>{t('preview.samples')}</h3>
      <table className="small-table">
        <thead><tr><th style={{ width: 150 }}>{t('column.eventTime')}</th><th style={{ width: 130 }}>{t('column.endpoint')}</th><th>{t('object.value')}</th></tr></thead>
        <tbody>
          {bill.samples.map((one) => (
            <tr key={`${one.uuid} ${one.filterId}`}><td><Moment at={one.eventDateTime} /></td><td>{one.endpointName}</td><td className="mono">{one.value}</td></tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
