import { IconCircleCheck, IconCircleDot, IconProgress } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { AlertStatus, Finding } from '../api/shapes'
import './severity.css'

export const STATUSES: readonly AlertStatus[] = ['Open', 'In Progress', 'Closed']
export const FINDINGS: readonly Finding[] = [
  'No Findings', 'Noteworthy', 'True Positive', 'False Positive', 'Benign True Positive', 'Other Findings',
]

/** The locale key of a status or finding: the words of the API without blanks, first letter small. */
export function wordKey(word: AlertStatus | Finding): string {
  const joined = word.replaceAll(' ', '')
  return joined.charAt(0).toLowerCase() + joined.slice(1)
}

const LOOKS: Record<AlertStatus, { icon: typeof IconCircleDot; name: string }> = {
  Open: { icon: IconCircleDot, name: 'open' },
  'In Progress': { icon: IconProgress, name: 'progress' },
  Closed: { icon: IconCircleCheck, name: 'closed' },
}

export function Status({ status, finding }: { status: AlertStatus; finding?: Finding }) {
  const { t } = useTranslation()
  const look = LOOKS[status] ?? LOOKS.Open
  const Icon = look.icon
  const told = finding && finding !== 'No Findings' && status === 'Closed'
  return (
    <span className={`status status-${look.name}`} title={told ? t(`finding.${wordKey(finding)}`) : undefined}>
      <Icon size={15} aria-hidden />
      <span>{t(`status.${wordKey(status)}`)}</span>
      {told && <span className="visually-hidden">, {t(`finding.${wordKey(finding)}`)}</span>}
    </span>
  )
}
