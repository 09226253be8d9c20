import { useTranslation } from 'react-i18next'
import type { TaskDetail } from '../../api/responseShapes'
import { proofRows } from './proof'

/** What the server found out by itself: what answered before, and what answers now. */
export function Proof({ task }: { task: TaskDetail }) {
  const { t } = useTranslation()
  const rows = proofRows(task.steps)
  const hasBefore = rows.some((row) => row.before !== '')
  const cell = (value: string) => (
    <td className="mono" {...(value === 'true' || value === 'false' ? { 'data-yes': value } : {})}>{value === 'true' ? t('response.yes') : value === 'false' ? t('response.no') : value || '–'}</td>
  )
  return (
    <table className="proof-table" data-testid="proof">
      <thead><tr><th>{t('response.fact')}</th>{hasBefore && <th>{t('response.before')}</th>}<th>{t('response.after')}</th></tr></thead>
      <tbody>
        {rows.slice(0, MOST).map((row) => <tr key={row.name}><th scope="row">{t(`result.${row.name}`, row.name)}</th>{hasBefore && cell(row.before)}{cell(row.after)}</tr>)}
      </tbody>
    </table>
  )
}
Proof.has = (task: TaskDetail) => proofRows(task.steps).length > 0
const MOST = 60
