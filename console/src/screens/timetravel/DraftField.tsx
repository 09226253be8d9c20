import { SegmentedControl, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listFilters, modelsQuery, readContent } from '../../api/content'
import type { ContentKind } from '../../api/contentShapes'
import { useText } from '../../i18n'
import { Code } from '../editor/Code'
import type { Draft } from './view'

const MOST_FILTERS = 100 // offered at a time: there may be thousands, so what is typed narrows them

/** A text to try: new, or in the place of a filter or model, whose text is then the beginning. Nothing of it is saved. */
export function DraftField({ draft, onChange, onRun }: { draft: Draft; onChange: (draft: Draft) => void; onRun: () => void }) {
  const { t } = useTranslation()
  const take = async (id: string | null) => {
    const text = id ? (await readContent(draft.kind, id)).text : draft.text
    onChange({ ...draft, id: id ?? '', text })
  }
  return (
    <section className="panel travel-draft" aria-label={t('travel.draft')}>
      <div className="panel-head">
        <SegmentedControl
          size="xs"
          value={draft.kind}
          data={(['model', 'filter'] as ContentKind[]).map((kind) => ({ value: kind, label: t(`column.${kind}`) }))}
          onChange={(kind) => onChange({ kind: kind as ContentKind, id: '', text: '' })}
        />
        <Instead draft={draft} onChoose={(id) => void take(id)} />
        <span className="dim grow clip">{t('travel.draftHelp')}</span>
      </div>
      <Code key={draft.kind} value={draft.text} onChange={(text) => onChange({ ...draft, text })} language="yaml" label={t('travel.draftText')} hint={t('travel.draftHint')} onPreview={onRun} />
    </section>
  )
}

function Instead({ draft, onChoose }: { draft: Draft; onChoose: (id: string | null) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const options = useOptions(draft.kind, typed)
  return (
    <Select
      aria-label={t('travel.instead')}
      placeholder={t('travel.isNew')}
      data={options}
      value={draft.id || null}
      onChange={onChoose}
      searchable
      clearable
      onSearchChange={setTyped}
      w={300}
      maxDropdownHeight={300}
    />
  )
}

function useOptions(kind: ContentKind, typed: string): { value: string; label: string }[] {
  const text = useText()
  const models = useQuery({ ...modelsQuery, enabled: kind === 'model' })
  const filters = useQuery({
    queryKey: ['filters', 'for-travel', typed],
    queryFn: ({ signal }) => listFilters({ top: MOST_FILTERS, search: typed }, signal),
    enabled: kind === 'filter',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  if (kind === 'model') return (models.data?.items ?? []).map((one) => ({ value: one.id, label: text(one.name) }))
  return (filters.data?.items ?? []).map((one) => ({ value: one.id, label: text(one.title) }))
}
