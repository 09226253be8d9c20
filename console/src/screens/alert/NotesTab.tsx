import { Button, Textarea } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay, useSession } from '../../api/session'
import { useNotes } from '../../api/workbench'
import type { AlertDetail, AlertStatus, Finding, HistoryEntry, Note } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { FINDINGS, STATUSES, wordKey } from '../../components/Status'
import { useErrorText } from '../../components/States'

/** What people wrote, and everything that was done to the alert. */
export function NotesTab({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  return (
    <div className="notes">
      <section aria-label={t('notes.title')}>
        <h3 className="section-title">{t('notes.title')}</h3>
        <NewNote alertId={alert.id} />
        <ol className="bare col">
          {[...alert.notes].reverse().map((note) => (
            <NoteItem key={note.id} note={note} alertId={alert.id} />
          ))}
        </ol>
        {alert.notes.length === 0 && <p className="dim">{t('notes.empty')}</p>}
      </section>
      <section aria-label={t('notes.history')}>
        <h3 className="section-title">{t('notes.history')}</h3>
        <ol className="bare history">
          {[...alert.history].reverse().map((entry, index) => (
            <HistoryItem key={`${entry.at}-${index}`} entry={entry} />
          ))}
        </ol>
      </section>
    </div>
  )
}

function NewNote({ alertId }: { alertId: string }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { add } = useNotes(alertId)
  const [content, setContent] = useState('')
  if (!useMay('investigate')) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(content.trim(), { onSuccess: () => setContent(''), onError: (error) => notice.warn(errorText(error)) })
  }
  return (
    <form onSubmit={submit} className="col no-print" style={{ marginBottom: 12 }}>
      <Textarea aria-label={t('notes.new')} placeholder={t('notes.new')} autosize minRows={2} maxLength={10_000} value={content} onChange={(event) => setContent(event.currentTarget.value)} />
      <div><Button type="submit" loading={add.isPending} disabled={content.trim() === ''}>{t('notes.add')}</Button></div>
    </form>
  )
}

function NoteItem({ note, alertId }: { note: Note; alertId: string }) {
  const { t } = useTranslation()
  const { change, remove } = useNotes(alertId)
  const may = useMay('investigate')
  const me = useSession()?.user.name
  const [editing, setEditing] = useState<string | null>(null)
  const [deleting, setDeleting] = useState(false)
  const save = (content: string) => change.mutate({ id: note.id, content }, { onSuccess: () => setEditing(null) })
  return (
    <li className="panel note">
      <p className="row dim">
        <strong>{note.creatorName}</strong>
        <Moment at={note.createdDateTime} />
        {note.lastUpdatedDateTime && <span>({t('notes.edited')} <Moment at={note.lastUpdatedDateTime} />)</span>}
        <span className="grow" />
        {may && note.creatorName === me && editing === null && (
          <>
            <button type="button" className="plain link" onClick={() => setEditing(note.content)}>{t('action.edit')}</button>
            <button type="button" className="plain link" onClick={() => setDeleting(true)}>{t('action.delete')}</button>
          </>
        )}
      </p>
      {editing === null ? (
        <p className="note-text">{note.content}</p>
      ) : (
        <div className="col">
          <Textarea aria-label={t('action.edit')} autosize minRows={2} value={editing} onChange={(event) => setEditing(event.currentTarget.value)} />
          <div className="row">
            <Button loading={change.isPending} disabled={editing.trim() === ''} onClick={() => save(editing.trim())}>{t('action.save')}</Button>
            <Button variant="default" onClick={() => setEditing(null)}>{t('action.cancel')}</Button>
          </div>
        </div>
      )}
      <Confirm
        opened={deleting}
        danger
        title={t('notes.deleteTitle')}
        message={t('notes.deleteMessage')}
        target={<span className="note-text">{note.content}</span>}
        confirm={t('action.delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(note.id, { onSuccess: () => setDeleting(false) })}
        onCancel={() => setDeleting(false)}
      />
    </li>
  )
}

function HistoryItem({ entry }: { entry: HistoryEntry }) {
  const { t } = useTranslation()
  return (
    <li>
      <Moment at={entry.at} />
      <strong>{entry.who}</strong>
      <span>{t(`history.${entry.action}`, entry.action)}</span>
      <Details details={entry.details} />
    </li>
  )
}

/** What changed, in words where the words are known: "Status: Open → Closed". */
function Details({ details }: { details: unknown }) {
  const { t } = useTranslation()
  if (details === null || details === undefined) return null
  if (typeof details !== 'object') return <span className="dim">{valueText(details)}</span>
  const word = (value: unknown): string => {
    const text = valueText(value)
    if (STATUSES.includes(text as AlertStatus)) return t(`status.${wordKey(text as AlertStatus)}`)
    return FINDINGS.includes(text as Finding) ? t(`finding.${wordKey(text as Finding)}`) : text || '–'
  }
  return (
    <span className="dim">
      {linesOf(details as Record<string, unknown>).map(({ key, values }) => (
        <span key={key} className="history-detail">{t(`historyDetail.${key}`, key)}: {values.map(word).join(' → ')}</span>
      ))}
    </span>
  )
}

/** One line for each thing that changed; what has a before and an after shows both. */
export function linesOf(details: Record<string, unknown>): { key: string; values: unknown[] }[] {
  const { before, after, ...others } = details
  const changed = Object.entries((after ?? {}) as Record<string, unknown>).map(([key, value]) => ({
    key,
    values: [((before ?? {}) as Record<string, unknown>)[key], value],
  }))
  const plain = Object.entries(others).filter(([, value]) => valueText(value) !== '').map(([key, value]) => ({ key, values: [value] }))
  return [...changed, ...plain]
}
