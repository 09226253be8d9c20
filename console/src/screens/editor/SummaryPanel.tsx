import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { completionQuery } from '../../api/content'
import type { Validation } from '../../api/contentShapes'
import { Severity } from '../../components/Severity'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'
import { ProofMark } from '../models/Marks'

/** What the server calls content that has no id yet. */
const DRAFT = 'draft'

/** How the server understood the draft. */
export function SummaryPanel({ judged }: { judged: Validation | undefined }) {
  const { t } = useTranslation()
  const text = useText()
  const known = useQuery(completionQuery).data?.techniques
  const nameOf = useMemo(() => new Map(known?.map((one) => [one.id, one.name])), [known])
  const summary = judged?.summary
  if (!summary) return null
  const logsource = Object.entries(summary.logsource ?? {}).filter(([, value]) => value).map(([, value]) => value).join(' / ')
  return (
    <div className="panel-body" style={{ borderBottom: '1px solid var(--h-line)', flex: 'none', maxHeight: '40%' }}>
      <h2 className="section-title">{t('editor.understood')}</h2>
      <dl className="facts">
        <dt>{t('column.name')}</dt><dd><strong>{text(summary.title)}</strong></dd>
        {summary.id !== DRAFT && <><dt>ID</dt><dd className="mono">{summary.id}</dd></>}
        <dt>{t('column.risk')}</dt><dd><Severity level={summary.risk} plain /></dd>
        <dt>{t('column.techniques')}</dt><dd><Techniques techniques={summary.techniques.map((one) => ({ id: one, name: nameOf.get(one) ?? '' }))} named /></dd>
        {logsource && <><dt>{t('editor.logsource')}</dt><dd>{logsource}</dd></>}
        <dt>{t('editor.predicates')}</dt><dd className="num">{summary.predicates}</dd>
        {judged?.proof && <><dt>{t('column.proof')}</dt><dd><ProofMark proof={judged.proof} /></dd></>}
      </dl>
    </div>
  )
}
