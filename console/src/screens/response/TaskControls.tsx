import { Button, Modal, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconBan, IconCheck, IconTerminal2, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useTaskChanges } from '../../api/response'
import type { Task } from '../../api/responseShapes'
import { useSession } from '../../api/session'
import { ENDED } from '../../api/taskStates'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'
import { useText } from '../../i18n'
import { useActionName } from './actionNames'
import { detailOf } from './columns'

type Asking = 'cancel' | 'undo' | 'approve' | 'reject' | null

/** What may still be done about a task: agree to it, refuse it, cancel it, take it back. */
export function TaskControls({ task, compact = false }: { task: Task; compact?: boolean }) {
  const { t } = useTranslation()
  const name = useActionName()
  const may = useSession()?.user.permissions
  const [asking, setAsking] = useState<Asking>(null)
  const isShell = task.action === 'remote_shell' && !ENDED.has(task.state)
  return (
    <span className="row wrap no-print">
      {isShell && !compact && <Button leftSection={<IconTerminal2 size={15} />} renderRoot={(props) => <Link to="/response/shell/$taskId" params={{ taskId: task.id }} {...props} />}>{t('shell.open')}</Button>}
      {task.canApprove && <Button leftSection={<IconCheck size={15} />} onClick={() => setAsking('approve')}>{t('response.approve')}</Button>}
      {task.canApprove && <Button variant="default" leftSection={<IconX size={15} />} onClick={() => setAsking('reject')}>{t('response.reject')}</Button>}
      {task.canCancel && !compact && <Button variant="default" leftSection={<IconBan size={15} />} onClick={() => setAsking('cancel')}>{t('response.cancel')}</Button>}
      {task.undo && may?.includes('respond') && !compact && <Button variant="default" leftSection={<IconArrowBackUp size={15} />} onClick={() => setAsking('undo')}>{t('response.undo', { action: name(task.undo) })}</Button>}
      <Question task={task} asking={asking} onClose={() => setAsking(null)} />
      <RejectDialog task={task} opened={asking === 'reject'} onClose={() => setAsking(null)} />
    </span>
  )
}

/** Names what it is about before it is done. */
function Question({ task, asking, onClose }: { task: Task; asking: Asking; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  const name = useActionName()
  const outcome = useOutcome()
  const changes = useTaskChanges()
  if (asking === null || asking === 'reject') return null
  const change = changes[asking]
  const run = () => change.mutate(task.id, outcome(t(`response.done.${asking}`, { id: task.id }), { onEnd: onClose }))
  return (
    <Confirm
      opened
      title={t(`response.ask.${asking}`)}
      message={t(`response.askMessage.${asking}`, { action: task.undo ? name(task.undo) : '' })}
      target={<><strong>{text(task.title)}</strong>: {task.target.name || task.target.id} <span className="mono dim">{task.target.address} {detailOf(task)}</span></>}
      confirm={asking === 'undo' ? t('response.undo', { action: name(task.undo ?? '') }) : t(`response.${asking}`)}
      busy={change.isPending}
      onConfirm={run}
      onCancel={onClose}
    />
  )
}

function RejectDialog({ task, opened, onClose }: { task: Task; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { reject } = useTaskChanges()
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reject.mutate({ id: task.id, reason: reason.trim() }, outcome(t('response.done.reject', { id: task.id }), { onDone: onClose }))
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{t('response.ask.reject')}</strong>}>
      <form className="col" onSubmit={submit}>
        <Textarea label={t('response.reason')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} required data-autofocus autosize minRows={2} maxLength={1000} />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={reject.isPending}>{t('response.reject')}</Button>
        </div>
      </form>
    </Modal>
  )
}
