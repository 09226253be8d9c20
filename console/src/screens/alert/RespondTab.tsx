import { IconCircle, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { alertTasksQuery } from '../../api/response'
import type { Task } from '../../api/responseShapes'
import type { AlertDetail } from '../../api/shapes'
import { Moment, useSpan } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { RespondButton } from '../../components/response/RespondButton'
import { TaskBar } from '../../components/response/TaskBar'
import { Empty, Failed, Loading } from '../../components/States'
import { useText } from '../../i18n'
import { useNow } from '../response/columns'
import { checklistOf, suspectedHosts, type CheckStep } from './checklist'

/** The hosts an alert is about, as response actions want them. */
export function useAlertHosts(alert: AlertDetail) {
  const text = JSON.stringify(suspectedHosts(alert))
  return useMemo(() => JSON.parse(text) as ReturnType<typeof suspectedHosts>, [text])
}

/** The Respond button of an alert: contain first, on every host in its scope. */
export function AlertRespond({ alert }: { alert: AlertDetail }) {
  const hosts = useAlertHosts(alert)
  if (hosts.length === 0) return null
  return <RespondButton wish={{ objectType: 'host', hosts, given: {} }} alertId={alert.id} source="workbench" />
}

/** What to do about the alert, step by step, and what was done. */
export function RespondTab({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const tasks = useQuery(alertTasksQuery(alert.id))
  const hosts = useAlertHosts(alert)
  const list = tasks.data?.items ?? []
  return (
    <div className="respond-tab">
      <section aria-label={t('checklist.title')}>
        <h3 className="section-title">{t('checklist.title')}</h3>
        <ol className="checklist" data-testid="checklist">{checklistOf(alert, list).map((step) => <Line key={step.key} step={step} alert={alert} />)}</ol>
      </section>
      <section aria-label={t('checklist.hosts')}>
        <h3 className="section-title">{t('checklist.hosts')}</h3>
        {hosts.length === 0 && <p className="dim">{t('checklist.noHosts')}</p>}
        <ul className="bare row wrap">{hosts.map((host) => <li key={host.guid ?? host.name}><ObjectValue object={{ type: 'host', field: 'endpointHostName', value: host.name ?? '', about: host }}><strong>{host.name}</strong></ObjectValue></li>)}</ul>
      </section>
      <section aria-label={t('checklist.tasks')}>
        <h3 className="section-title">{t('checklist.tasks')}</h3>
        {tasks.isPending && <Loading lines={3} />}
        {tasks.isError && <Failed error={tasks.error} onRetry={() => void tasks.refetch()} />}
        {tasks.isSuccess && list.length === 0 && <Empty title={t('checklist.noTasks')}><p>{t('checklist.noTasksHelp')}</p></Empty>}
        {list.length > 0 && <TaskLines tasks={list} />}
      </section>
    </div>
  )
}

function Line({ step, alert }: { step: CheckStep; alert: AlertDetail }) {
  const { t } = useTranslation()
  const span = useSpan()
  const now = useNow(step.state === 'now')
  const Icon = step.state === 'done' ? IconCircleCheck : step.state === 'now' ? IconCircle : IconCircleDashed
  const end = step.endMs ?? (step.state === 'now' ? now : undefined)
  return (
    <li data-state={step.state} data-step={step.key}>
      <Icon size={17} aria-hidden />
      <div>
        <strong>{t(`checklist.step.${step.key}`)}</strong> <span className="badge">{t(`checklist.state.${step.state}`)}</span>
        {step.beginMs !== undefined && end !== undefined && <span className="dim num"> {span((end - step.beginMs) / 1000)}</span>}
        <p className="dim">{t(`checklist.help.${step.key}`)}</p>
        {step.key === 'isolate' && step.state !== 'done' && <AlertRespond alert={alert} />}
        {step.key === 'scan' && <Link to="/patterns">{t('nav.patterns')}</Link>}
      </div>
    </li>
  )
}

function TaskLines({ tasks }: { tasks: Task[] }) {
  const text = useText()
  return (
    <table className="small-table">
      <tbody>
        {tasks.map((task) => (
          <tr key={task.id}>
            <td style={{ width: 90 }}><Link className="mono" to="/response/tasks/$id" params={{ id: task.id }}>{task.id}</Link></td>
            <td>{text(task.title)} · {task.target.name || task.target.id} <span className="dim">{task.createdBy}</span></td>
            <td style={{ width: 150 }}><TaskBar state={task.state} /></td>
            <td style={{ width: 160 }}><Moment at={task.created} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
