import { Select, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { completionQuery } from '../../api/content'
import type { QueryDraft, Validation } from '../../api/contentShapes'
import type { Severity as Level } from '../../api/shapes'
import { LEVELS } from '../../components/Severity'
import { Code } from './Code'
import type { Complete } from './CodeField'
import { queryOptions } from './completion'
import { useMarks } from './Editor'

type Props = { draft: QueryDraft; judged: Validation | undefined; onChange: (draft: QueryDraft) => void; onSave: () => void; onPreview: () => void }

/** A filter told as a query of the Search language; below it the Sigma rule it becomes. */
export function QueryForm({ draft, judged, onChange, onSave, onPreview }: Props) {
  const { t } = useTranslation()
  const known = useQuery(completionQuery).data
  const complete: Complete = useCallback((lines, line, column) => (known ? queryOptions((lines[line] ?? '').slice(0, column), known) : null), [known])
  const marks = useMarks(draft.query, judged?.ok ? undefined : judged)
  const techniques = useMemo(() => (known?.techniques ?? []).map((one) => one.id), [known])
  const nameOf = useMemo(() => new Map((known?.techniques ?? []).map((one) => [one.id, one.name])), [known])
  return (
    <div className="query-form">
      <div>
        <span className="field-head">{t('search.label')}</span>
        <Code value={draft.query} language="query" label={t('search.label')} hint={t('editor.queryHint')} marks={marks} complete={complete} onChange={(query) => onChange({ ...draft, query })} onSave={onSave} onPreview={onPreview} autoFocus />
      </div>
      <TextInput label={t('editor.title')} value={draft.title} maxLength={200} onChange={(event) => onChange({ ...draft, title: event.currentTarget.value })} required />
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Select w={150} label={t('column.risk')} value={draft.risk} data={LEVELS.map((level) => ({ value: level, label: t(`severity.${level}`) }))} onChange={(risk) => onChange({ ...draft, risk: (risk ?? draft.risk) as Level })} />
        <TagsInput
          className="grow"
          size="xs"
          label={t('column.techniques')}
          placeholder={draft.techniques.length === 0 ? 'T1059.001' : ''}
          data={techniques}
          limit={30}
          renderOption={({ option }) => <span>{option.value} <span className="dim">{nameOf.get(option.value)}</span></span>}
          value={draft.techniques}
          onChange={(chosen) => onChange({ ...draft, techniques: chosen.map((one) => one.trim().toUpperCase()) })}
        />
      </div>
      {judged?.text && (
        <div className="made">
          <span className="field-head">{t('editor.becomes')}</span>
          <Code value={judged.text} language="yaml" label={t('editor.becomes')} />
        </div>
      )}
    </div>
  )
}
