import { useTranslation } from 'react-i18next'
import type { Funnel as Counts } from '../../api/contentShapes'
import { useLanguage } from '../../i18n'
import { lengths, share } from './funnelShape'
import './models.css'

const STEPS = ['records', 'filterHits', 'ruleHits', 'alerts'] as const

function useNumber(): (n: number) => string {
  const language = useLanguage()
  return (n) => n.toLocaleString(language)
}

/** Three small bars: how many filter hits became rule hits, and those alerts. */
export function FunnelMini({ funnel }: { funnel: Counts }) {
  const { t } = useTranslation()
  const format = useNumber()
  const counts = [funnel.filterHits, funnel.ruleHits, funnel.alerts]
  const label = STEPS.slice(1).map((step, index) => `${t(`funnel.${step}`)} ${format(counts[index] ?? 0)}`).join(' → ')
  return (
    <span className="funnel-mini" role="img" aria-label={label} title={label}>
      {lengths(counts).map((length, index) => <span key={STEPS[index + 1]} data-zero={counts[index] === 0} style={{ width: `${length * 100}%` }} />)}
    </span>
  )
}

/** Records, filter hits, rule hits, alerts: what each layer takes away. */
export function FunnelDrawing({ records, funnel }: { records: number; funnel: Counts }) {
  const { t } = useTranslation()
  const format = useNumber()
  const counts = [records, funnel.filterHits, funnel.ruleHits, funnel.alerts]
  const widths = lengths(counts)
  return (
    <dl className="funnel" aria-label={t('funnel.label')}>
      {STEPS.map((step, index) => (
        <div key={step}>
          <dt>{t(`funnel.${step}`)}</dt>
          <dd>
            <strong>{format(counts[index] ?? 0)}</strong>
            {index > 0 && <span className="dim">{share(counts[index] ?? 0, counts[index - 1] ?? 0, format)}</span>}
          </dd>
          <Shape from={widths[index] ?? 0} to={widths[index + 1] ?? widths[index] ?? 0} />
        </div>
      ))}
    </dl>
  )
}

/** One piece of the funnel: as high as its own count at the left, as the next one's at the right. */
function Shape({ from, to }: { from: number; to: number }) {
  const edge = (part: number) => [23 - 22 * part, 23 + 22 * part]
  const [a, b] = edge(from)
  const [c, d] = edge(to)
  return (
    <svg className="funnel-shape" viewBox="0 0 100 46" preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,${a} 100,${c} 100,${d} 0,${b}`} />
    </svg>
  )
}
