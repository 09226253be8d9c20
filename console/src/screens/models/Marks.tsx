import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Need, Origin, Precision, Proof, ProofState } from '../../api/contentShapes'
import type { Text } from '../../api/shapes'
import { useText } from '../../i18n'
import './models.css'

const PROOF_ICONS = { green: IconCircleCheck, red: IconCircleX, unproven: IconCircleDashed }
const PROOF_CLASS: Record<ProofState, string> = { green: 'badge badge-ok', red: 'badge badge-bad', unproven: 'badge' }

/** Whether the content's own tests hold, as word, shape and colour. */
export function ProofMark({ proof }: { proof: Proof }) {
  const { t } = useTranslation()
  const text = useText()
  const Icon = PROOF_ICONS[proof.state]
  const title = proof.failures.length > 0 ? proof.failures.map((one) => `${one.test}: ${text(one.why)}`).join('\n') : t(`proof.help.${proof.state}`)
  return (
    <span className={PROOF_CLASS[proof.state]} title={title} data-proof={proof.state}>
      <Icon size={12} aria-hidden />
      {t(`proof.${proof.state}`)}
    </span>
  )
}

/** The tests that failed, each with its reason. */
export function ProofFailures({ proof }: { proof: Proof }) {
  const text = useText()
  if (proof.failures.length === 0) return null
  return (
    <ul className="failures">
      {proof.failures.map((one) => <li key={`${one.test} ${text(one.why)}`}><span className="mono">{one.test}</span>: {text(one.why)}</li>)}
    </ul>
  )
}

/** Where content comes from, and whether a person's edit stands in its place. */
export function OriginMarks({ origin, edited, conflict }: { origin: Origin; edited: boolean; conflict: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      {origin !== 'shipped' && <span className="badge">{t(`origin.${origin}`)}</span>}
      {edited && !conflict && <span className="badge" title={t('origin.editedHelp')}>{t('origin.edited')}</span>}
      {conflict && <span className="badge badge-warn" title={t('origin.conflictHelp')}><IconAlertTriangle size={12} aria-hidden />{t('origin.conflict')}</span>}
    </>
  )
}

/** The data sources a model needs; when none has arrived, the words that say so. */
export function Needs({ needs, unavailable }: { needs: Need[]; unavailable: Text | null }) {
  const { t } = useTranslation()
  const text = useText()
  const names = needs.map((need) => text(need.name)).join(', ')
  if (unavailable) {
    return (
      <span className="row tight needs" title={text(unavailable)} style={{ alignItems: 'flex-start' }}>
        <IconCircleX size={15} style={{ flex: 'none' }} color="var(--h-critical)" aria-hidden />
        <span className="needs-missing">{text(unavailable)}</span>
      </span>
    )
  }
  return (
    <span className="row tight needs" title={names}>
      <IconCircleCheck size={15} style={{ flex: 'none' }} color="var(--h-ok)" aria-label={t('models.available')} />
      <span className="clip">{names || t('models.needsNothing')}</span>
    </span>
  )
}

/** How many of the closed alerts were right. */
export function PrecisionMark({ precision }: { precision: Precision }) {
  const { t } = useTranslation()
  if (precision.ratio === null) return <span className="dim" title={t('models.noPrecision')}>–</span>
  const percent = Math.round(precision.ratio * 100)
  const title = t('models.precisionOf', { right: precision.truePositives, wrong: precision.falsePositives, closed: precision.closed })
  return (
    <span className="precision" title={title}>
      <span className="precision-bar" aria-hidden><span style={{ width: `${percent}%` }} /></span>
      {percent} %
    </span>
  )
}
