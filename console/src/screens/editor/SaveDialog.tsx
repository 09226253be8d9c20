import { Button, Checkbox, Modal, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { readContent, useContentChanges } from '../../api/content'
import type { FilterDetail, ModelDetail, Validation } from '../../api/contentShapes'
import { useNotice } from '../../components/Notices'
import { ProofFailures } from '../models/Marks'
import { useRefusal } from '../../components/refusal'
import type { Target } from './Editor'

type Props = {
  opened: boolean
  target: Target
  text: string
  judged: Validation | undefined
  onClose: () => void
  /** The draft is on the server: leaving loses nothing. */
  onSaved: () => void
  /** Somebody else saved meanwhile, and the person takes over that text. */
  onTheirs: (text: string, version: number) => void
}

export function SaveDialog({ opened, onClose, ...rest }: Props) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{t('editor.saveTitle')}</strong>} size="lg">
      {opened && <SaveForm {...rest} onClose={onClose} />}
    </Modal>
  )
}

function SaveForm({ target, text, judged, onClose, onSaved, onTheirs }: Omit<Props, 'opened'>) {
  const { t } = useTranslation()
  const refusal = useRefusal()
  const [comment, setComment] = useState('')
  const [enable, setEnable] = useState(judged?.proof?.state !== 'red')
  const { run, busy, error, stale } = useSave(target, text, { onSaved, onClose })
  const red = judged?.proof?.state === 'red'
  return (
    <form
      className="col"
      onSubmit={(event) => {
        event.preventDefault()
        run(comment.trim(), enable && !red)
      }}
    >
      <Textarea label={t('editor.comment')} placeholder={t('editor.commentHint')} value={comment} onChange={(event) => setComment(event.currentTarget.value)} maxLength={500} autosize minRows={2} data-autofocus />
      {red && judged?.proof && <div className="warn-line bad"><div><p>{t('editor.savedOff')}</p><ProofFailures proof={judged.proof} /></div></div>}
      {!red && judged?.proof?.state === 'unproven' && <p className="dim" style={{ margin: 0 }}>{t('proof.help.unproven')}</p>}
      {target.id === null && !red && <Checkbox label={t('editor.enable')} checked={enable} onChange={(event) => setEnable(event.currentTarget.checked)} />}
      {stale && <Stale target={target} onTheirs={onTheirs} onMine={() => run(comment.trim(), enable && !red, true)} onClose={onClose} />}
      {error !== null && !stale && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(error)}</p>}
      {!stale && (
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" loading={busy}>{t('action.save')}</Button>
        </div>
      )}
    </form>
  )
}

const readNow = (target: Target) => readContent(target.kind, target.id ?? '')

/** Saving, and afterwards the way back: to the version before, or for something new, away with it. */
function useSave(target: Target, text: string, { onSaved, onClose }: { onSaved: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const navigate = useNavigate()
  const { add, save, remove, rollBack } = useContentChanges(target.kind)
  const done = (detail: FilterDetail | ModelDetail, undo: () => Promise<unknown>) => {
    onSaved()
    onClose()
    void navigate({ to: target.kind === 'filter' ? '/filters/$id' : '/models/$id', params: { id: detail.id } })
    const back = () => undo().then(() => notice.tell(t('editor.undone')), (error: unknown) => notice.warn(refusal(error)))
    notice.tell(t(detail.enabled ? 'editor.saved' : 'editor.savedDisabled', { version: detail.version }), { label: t('action.undo'), run: () => void back() })
  }
  const run = async (comment: string, enable: boolean, over = false) => {
    if (target.id === null) {
      add.mutate({ text, comment, enable }, {
        onSuccess: (detail) => done(detail, async () => {
          await remove.mutateAsync({ id: detail.id, gone: true })
          void navigate({ to: target.kind === 'filter' ? '/filters' : '/models' })
        }),
      })
      return
    }
    const { id } = target
    const before = over ? (await readNow(target)).version : target.version
    save.mutate({ id, text, comment, version: before }, {
      onSuccess: (detail) => done(detail, () => rollBack.mutateAsync({ id, version: before, comment: t('editor.undoComment') })),
    })
  }
  const error = add.error ?? save.error
  return { run: (comment: string, enable: boolean, over?: boolean) => void run(comment, enable, over), busy: add.isPending || save.isPending, error, stale: error instanceof ApiError && error.status === 412 }
}

/** Somebody else saved a newer version while this one was being written. */
function Stale({ target, onTheirs, onMine, onClose }: { target: Target; onTheirs: Props['onTheirs']; onMine: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const takeTheirs = async () => {
    const theirs = await readNow(target)
    onTheirs(theirs.text, theirs.version)
    onClose()
  }
  return (
    <div className="warn-line" role="alert">
      <div className="col grow">
        <p>{t('editor.stale')}</p>
        <div className="row wrap">
          <Button variant="default" onClick={() => void takeTheirs()}>{t('editor.takeTheirs')}</Button>
          <Button onClick={onMine}>{t('editor.saveMine')}</Button>
          <Button variant="subtle" color="gray" onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </div>
    </div>
  )
}
