import { Button, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDeviceFloppy } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useBlocker } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { completionQuery, validate } from '../../api/content'
import type { ContentKind, Validation } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { usePageTitle } from '../../frame/Frame'
import { useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { Code } from './Code'
import type { CodeHandle, Complete } from './CodeField'
import { optionsAt, selectionsOf } from './completion'
import { isDirty, isTold, textToSave, toJudge, type Draft, type Tab } from './draft'
import './editor.css'
import { marksOf } from './marks'
import { placeOf } from './place'
import { PreviewPanel } from './PreviewPanel'
import { Problems } from './Problems'
import { QueryForm } from './QueryForm'
import { SaveDialog } from './SaveDialog'
import { SummaryPanel } from './SummaryPanel'

/** What is edited: something new, or content that stands (with the version it was read at). */
export type Target = { kind: ContentKind; id: string; version: number; name: string } | { kind: ContentKind; id: null }

/** A filter or model being written: judged while one types, tried on what was recorded, then saved as a version. */
export function Editor({ target: opened, first }: { target: Target; first: Draft }) {
  const { t } = useTranslation()
  const may = useMay('content')
  const [target, setTarget] = useState(opened)
  const [draft, setDraft] = useState(first)
  const [saving, setSaving] = useState(false)
  const [previews, setPreviews] = useState(0)
  const code = useRef<CodeHandle | null>(null)
  const saved = useRef(false)
  const judged = useJudged(draft, target.id)
  const text = textToSave(draft, judged.data)
  const ready = may && judged.data?.ok === true && judged.settled && text !== ''
  const save = () => ready && isDirty(draft) && setSaving(true)
  const preview = () => judged.data?.ok && setPreviews((n) => n + 1)
  const takeTheirs = (theirs: string, version: number) => {
    setDraft({ ...draft, text: theirs, kept: theirs })
    setTarget((old) => (old.id === null ? old : { ...old, version }))
  }
  useKeys({ 'mod+s': save, 'mod+enter': preview })
  usePageTitle(target.id === null ? t(`editor.new.${target.kind}`) : t('editor.edit', { name: target.name }))
  return (
    <div className="page fixed">
      <EditorHead target={target} draft={draft} onTab={(tab) => setDraft(tabbed(draft, tab, judged.data))}>
        <Button leftSection={<IconDeviceFloppy size={15} />} disabled={!ready || !isDirty(draft)} title="Ctrl-S" onClick={save}>{t('action.save')}</Button>
      </EditorHead>
      <div className="editor">
        <section className="panel editor-main">
          {draft.tab === 'query' ? (
            <QueryForm draft={draft.query} judged={judged.data} onChange={(query) => setDraft({ ...draft, query })} onSave={save} onPreview={preview} />
          ) : (
            <TextField draft={draft} judged={judged.data} handle={code} onChange={(next) => setDraft((old) => ({ ...old, text: next }))} onSave={save} onPreview={preview} />
          )}
          <Problems judged={judged.data} busy={!judged.settled} error={judged.error} onGo={(line, column) => code.current?.goTo(line, column)} />
        </section>
        <section className="panel editor-side">
          <SummaryPanel judged={judged.data} />
          <PreviewPanel kind={draft.kind} text={judged.data?.ok ? text : ''} asked={previews} />
        </section>
      </div>
      <SaveDialog opened={saving} target={target} text={text} judged={judged.data} onClose={() => setSaving(false)} onSaved={() => (saved.current = true)} onTheirs={takeTheirs} />
      <LeaveGuard dirty={() => isDirty(draft) && !saved.current} />
    </div>
  )
}

/** Going on in Sigma takes along what the query became. */
function tabbed(draft: Draft, tab: Tab, judged: Validation | undefined): Draft {
  if (tab === 'text' && draft.tab === 'query' && draft.query.query.trim() !== '' && judged?.ok) return { ...draft, tab, text: judged.text }
  return { ...draft, tab }
}

function useJudged(draft: Draft, id: string | null) {
  const asked = JSON.stringify(toJudge(draft, id))
  const [settled] = useDebouncedValue(asked, 350)
  const query = useQuery({
    queryKey: ['validate', settled],
    queryFn: ({ signal }) => validate(JSON.parse(settled), signal),
    enabled: isTold(draft),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 30_000,
    retry: false,
  })
  return { data: isTold(draft) ? query.data : undefined, error: query.error, settled: settled === asked && !query.isFetching }
}

function EditorHead({ target, draft, onTab, children }: { target: Target; draft: Draft; onTab: (tab: Tab) => void; children: React.ReactNode }) {
  const { t } = useTranslation()
  const { kind } = target
  return (
    <div className="page-head">
      <div className="editor-head">
        <span className="row tight">
          <Link to={kind === 'filter' ? '/filters' : '/models'} className="dim">{t(kind === 'filter' ? 'content.filters' : 'nav.models')}</Link>
          {target.id !== null && <><span className="dim">/</span><Link to={kind === 'filter' ? '/filters/$id' : '/models/$id'} params={{ id: target.id }} className="mono">{target.id}</Link></>}
        </span>
        <h1>{target.id === null ? t(`editor.new.${kind}`) : t('editor.edit', { name: target.name })}</h1>
      </div>
      <span className="grow" />
      {isDirty(draft) && <span className="badge badge-warn" role="status">{t('editor.unsaved')}</span>}
      {kind === 'filter' && target.id === null && (
        <SegmentedControl
          size="xs"
          aria-label={t('editor.form')}
          value={draft.tab}
          data={[{ value: 'query', label: t('editor.tab.query') }, { value: 'text', label: t('editor.tab.text') }]}
          onChange={(tab) => onTab(tab as Tab)}
        />
      )}
      {children}
    </div>
  )
}

type TextProps = { draft: Draft; judged: Validation | undefined; handle: React.RefObject<CodeHandle | null>; onChange: (text: string) => void; onSave: () => void; onPreview: () => void }

function TextField({ draft, judged, handle, onChange, onSave, onPreview }: TextProps) {
  const { t } = useTranslation()
  const complete = useComplete(draft.kind)
  const marks = useMarks(draft.text, judged)
  return <Code value={draft.text} language="yaml" label={t(`editor.textOf.${draft.kind}`)} handle={handle} marks={marks} complete={complete} onChange={onChange} onSave={onSave} onPreview={onPreview} autoFocus />
}

/** Errors and hints with their words in the reader's language. */
export function useMarks(text: string, judged: Validation | undefined) {
  const words = useText()
  return useMemo(() => {
    const marks = [...marksOf(text, judged?.errors ?? [], 'error'), ...marksOf(text, judged?.warnings ?? [], 'warning')]
    return marks.map((mark) => ({ ...mark, message: words(mark.finding.message) }))
    // The text of a moment later has the same lines but for the one being written: marks follow the judgement, not each letter.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [judged, words])
}

function useComplete(kind: ContentKind): Complete | undefined {
  const words = useText()
  const { data } = useQuery(completionQuery)
  const complete: Complete = useCallback(
    (lines, line, column) => (data ? optionsAt(kind, placeOf(lines, line, column), data, kind === 'filter' ? selectionsOf(lines) : [], words) : null),
    [data, kind, words],
  )
  return complete
}

/** Asks before unsaved work is left behind, by a link, the browser's buttons or closing the page. */
function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation()
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && dirty(), enableBeforeUnload: dirty, withResolver: true })
  return (
    <Confirm
      opened={blocker.status === 'blocked'}
      danger
      title={t('editor.leaveTitle')}
      message={t('editor.leaveMessage')}
      target={<strong>{t('editor.unsaved')}</strong>}
      confirm={t('editor.leave')}
      onConfirm={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    />
  )
}
