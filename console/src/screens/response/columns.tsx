import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Task } from '../../api/responseShapes'
import { elapsedSeconds, ENDED, usualSeconds } from '../../api/taskStates'
import type { Column } from '../../components/DataTable'
import { Moment, useSpan } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { PhaseTag, TaskBar } from '../../components/response/TaskBar'
import { useText } from '../../i18n'

export function useTaskColumns(narrow: boolean): Column<Task>[] {
  const { t } = useTranslation()
  const text = useText()
  const columns: Column<Task>[] = [
    { key: 'id', header: t('response.task'), width: '92px', cell: (row) => <Link className="mono" to="/response/tasks/$id" params={{ id: row.id }}>{row.id}</Link> },
    { key: 'action', header: t('response.action'), cell: (row) => <span className="col" style={{ gap: 1 }}><strong className="clip" title={row.title.en}>{text(row.title)}</strong><span><PhaseTag phase={row.phase} /></span></span> },
    { key: 'target', header: t('response.target'), cell: (row) => <TargetCell task={row} /> },
    { key: 'state', header: t('column.state'), width: '152px', cell: (row) => <TaskBar state={row.state} /> },
    { key: 'elapsed', header: t('response.elapsed'), width: '104px', cell: (row) => <Elapsed task={row} /> },
  ]
  if (narrow) return columns
  return [
    ...columns,
    { key: 'by', header: t('response.by'), width: '110px', cell: (row) => <span className="clip" style={{ display: 'block' }}>{row.createdBy}</span> },
    { key: 'alert', header: t('response.alert'), width: '176px', cell: (row) => (row.alertId ? <Link className="mono clip" to="/workbench/alerts/$id" params={{ id: row.alertId }}>{row.alertId}</Link> : <span className="dim">–</span>) },
    { key: 'created', header: t('column.created'), width: '118px', cell: (row) => <Moment short at={row.created} /> },
    { key: 'expires', header: t('respond.expires'), width: '118px', cell: (row) => (ENDED.has(row.state) ? <span className="dim">–</span> : <Moment short at={row.expires} />) },
  ]
}

/** A host opens its menu, anything else is shown as it is. */
export function TargetCell({ task }: { task: Task }) {
  const { target } = task
  const name = target.name || target.id
  return (
    <span className="col" style={{ gap: 1 }}>
      {target.kind === 'endpoint' ? <ObjectValue object={{ type: 'host', field: 'endpointHostName', value: name, about: { guid: target.id, name } }}><strong>{name}</strong></ObjectValue> : <strong className="mono clip" title={name}>{name}</strong>}
      <span className="dim mono clip">{[target.address, detailOf(task)].filter(Boolean).join(' · ')}</span>
    </span>
  )
}

/** What of the endpoint is meant: the file, the process, the script. */
export function detailOf({ parameters }: Pick<Task, 'parameters'>): string {
  for (const key of ['path', 'name', 'value', 'kind', 'user']) if (typeof parameters[key] === 'string' && parameters[key] !== '') return parameters[key] as string
  return typeof parameters.pid === 'number' ? `PID ${parameters.pid}` : ''
}

/** How long it has taken, beside how long it usually takes. */
export function Elapsed({ task }: { task: Task }) {
  const { t } = useTranslation()
  const span = useSpan()
  const live = !ENDED.has(task.state)
  const now = useNow(live)
  const usual = usualSeconds(task.action)
  return (
    <span className="num" title={usual ? t('response.usual', { span: span(usual) }) : undefined}>
      {span(elapsedSeconds(task, now))}
      {live && usual !== null && <span className="dim"> / {span(usual)}</span>}
    </span>
  )
}

/** The present moment; moves while something is under way. */
export function useNow(live: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [live])
  return now
}
