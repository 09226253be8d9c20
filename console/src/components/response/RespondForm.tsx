import { Button, Checkbox, Select, Textarea } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useTaskChanges } from '../../api/response'
import type { Asked, EndpointRow, NewTasks, ResponseAction, Task } from '../../api/responseShapes'
import { useOpenShell } from '../../api/shells'
import { useRefusal } from '../refusal'
import { useText } from '../../i18n'
import { useNotice } from '../Notices'
import { isComplete, ParameterFields } from './ParameterFields'
import { Refusals } from './Refusals'
import type { Request } from './RespondProvider'
import './response.css'
import { TargetBox, useTargets, type Targets } from './TargetBox'
import { answered, asked, bareUser, filled, kept, named, untestedOn } from './wish'

export const EXPIRIES_S = ['3600', '14400', '86400', '259200', '604800'] as const
const DAY_S = '86400'

/** Done where the target is, when that is there; the rest the server does at once. */
const WAITS: ReadonlySet<string> = new Set(['endpoint', 'account'])

type Form = { parameters: Record<string, unknown>; description: string; expiresInS: string; sure: boolean }

/** What will happen and to what; nothing is done before "Create", and what destroys something is asked twice. */
export function RespondForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  const { action } = request
  const targets = useTargets(request)
  const [form, setForm] = useState<Form>({ parameters: answered(action, request.given), description: '', expiresInS: DAY_S, sure: false })
  const change = (changes: Partial<Form>) => setForm((old) => ({ ...old, ...changes }))
  const shapes = asked(action, form.parameters)
  const { submit, busy, error, refused } = useAsking(request, targets, { ...form, parameters: { ...kept(shapes, form.parameters), ...named(action, { ...request.given, user: bareUser(targets.user) }) } }, onClose)
  const ready = targets.ready && isComplete(shapes, form.parameters) && (!action.destructive || form.sure) && (action.name !== 'remote_shell' || form.description.trim() !== '')
  return (
    <form
      className="col respond"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (ready) submit()
      }}
    >
      <p style={{ margin: 0 }}>{filled(text(action.effect), { ...form.parameters, user: targets.user, target: targets.wanted.map((one) => one.name).slice(0, 3).join(', ') || undefined }, '…')}</p>
      <TargetBox request={request} targets={targets} />
      <Warnings endpoints={targets.endpoints} action={action} />
      <ParameterFields action={{ ...action, parameters: shapes }} values={form.parameters} given={request.given} onChange={(parameters) => change({ parameters })} />
      <Textarea label={t('respond.description')} placeholder={t('respond.descriptionHint')} value={form.description} onChange={(event) => change({ description: event.currentTarget.value })} autosize minRows={2} maxRows={5} maxLength={1000} required={action.name === 'remote_shell'} />
      {action.name !== 'remote_shell' && WAITS.has(action.kind) && <Select label={t('respond.expires')} description={t('respond.expiresHelp')} value={form.expiresInS} data={EXPIRIES_S.map((value) => ({ value, label: t(`respond.expiry.${value}`) }))} onChange={(value) => change({ expiresInS: value ?? DAY_S })} w={260} />}
      {action.destructive && <Checkbox checked={form.sure} onChange={(event) => change({ sure: event.currentTarget.checked })} label={t('respond.sure', { action: text(action.title), count: Math.max(1, targets.endpoints.length) })} color="red.9" />}
      <Refusals error={error} refused={refused} />
      <div className="row" style={{ justifyContent: 'flex-end', marginTop: 4 }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" disabled={!ready} loading={busy} {...(action.destructive ? { color: 'red.9' } : {})}>{t('respond.create')}</Button>
      </div>
    </form>
  )
}

/** Asks the server, tells what came of it with a way to the task, and stays open where something was refused. */
function useAsking(request: Request, targets: Targets, form: Form, onClose: () => void) {
  const { t } = useTranslation()
  const text = useText()
  const navigate = useNavigate()
  const notice = useNotice()
  const refusal = useRefusal()
  const { ask } = useTaskChanges()
  const shell = useOpenShell()
  const [refused, setRefused] = useState<{ asked: Asked; target: string }[]>([])
  const told = (tasks: Task[]) => {
    const [first] = tasks
    if (!first) return
    const show = () => void (tasks.length === 1 ? navigate({ to: '/response/tasks/$id', params: { id: first.id } }) : navigate({ to: '/response', search: {} }))
    notice.tell(t('respond.created', { count: tasks.length, action: text(request.action.title), id: first.id }), { label: t('respond.show', { count: tasks.length }), run: show })
  }
  const submit = () => {
    setRefused([])
    if (request.action.name === 'remote_shell') {
      const endpoint = targets.wanted[0]?.id ?? ''
      shell.mutate({ endpoint, reason: form.description.trim() }, {
        onSuccess: ({ taskId }) => {
          onClose()
          void navigate({ to: '/response/shell/$taskId', params: { taskId } })
        },
      })
      return
    }
    ask.mutate(wishOfForm(request, targets, form), {
      onSuccess: ({ items }) => {
        const bad = items.flatMap((asked, index) => (asked.error ? [{ asked, target: targets.wanted[index]?.name ?? '' }] : []))
        told(items.flatMap((asked) => (asked.task ? [asked.task] : [])))
        setRefused(bad)
        if (bad.length === 0) onClose()
      },
    })
  }
  const failed = ask.error ?? shell.error
  return { submit, busy: ask.isPending || shell.isPending, error: failed ? refusal(failed) : '', refused }
}

function wishOfForm(request: Request, targets: Targets, form: Form): NewTasks {
  return {
    action: request.action.name,
    targets: targets.wanted.map(({ kind, id }) => ({ kind, id })),
    parameters: form.parameters,
    description: form.description.trim(),
    expiresInS: Number(form.expiresInS),
    ...(request.alertId ? { alertId: request.alertId } : {}),
    source: request.source,
  }
}

/** What a person must know before: where it was never run, who is away, and who else must agree. */
function Warnings({ endpoints, action }: { endpoints: EndpointRow[]; action: ResponseAction }) {
  const { t } = useTranslation()
  const away = endpoints.filter((one) => !one.connected).map((one) => one.name)
  const untested = untestedOn(endpoints, action.name)
  return (
    <>
      {untested.length > 0 && (
        <div className="warn-line" role="alert" data-testid="untested">
          <IconAlertTriangle size={16} aria-hidden />
          <p><strong>{t('respond.untested', { names: untested.join(', ') })}</strong> {t('respond.untestedHelp')}</p>
        </div>
      )}
      {away.length > 0 && (
        <div className="warn-line" role="alert" data-testid="offline">
          <IconAlertTriangle size={16} aria-hidden />
          <p><strong>{t('respond.offline', { names: away.join(', '), count: away.length })}</strong> {t('respond.offlineHelp')}</p>
        </div>
      )}
      {action.needsApproval && <div className="warn-line"><IconAlertTriangle size={16} aria-hidden /><p>{t('respond.needsApproval')}</p></div>}
    </>
  )
}
