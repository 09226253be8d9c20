import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskDetail } from '../../api/responseShapes'
import { Moment, useSpan } from '../../components/Moment'
import { PhaseTag } from '../../components/response/TaskBar'
import { usualSeconds } from '../../api/taskStates'
import { useText } from '../../i18n'
import { Elapsed, TargetCell } from './columns'
import { Proof } from './Proof'
import { Recording } from './Recording'
import { TaskFile } from './TaskFile'
import { TaskResult } from './TaskResult'
import { Steps } from './Steps'
export { TaskControls } from './TaskControls'

/** What was asked for, by whom, and until when. */
export function TaskFacts({ task }: { task: TaskDetail }) {
  const { t } = useTranslation()
  const span = useSpan()
  const usual = usualSeconds(task.action)
  return (
    <dl className="facts">
      <dt>{t('response.target')}</dt>
      <dd><TargetCell task={task} /></dd>
      {task.target.os && <><dt>{t('respond.os')}</dt><dd>{task.target.os}</dd></>}
      <dt>{t('response.purpose')}</dt>
      <dd><PhaseTag phase={task.phase} /></dd>
      <dt>{t('response.by')}</dt>
      <dd>{task.createdBy}{task.source && <span className="dim"> · {t(`source.${task.source}`, task.source)}</span>}</dd>
      <dt>{t('column.created')}</dt>
      <dd><Moment at={task.created} /></dd>
      <dt>{t('respond.expires')}</dt>
      <dd><Moment at={task.expires} /></dd>
      <dt>{t('response.elapsed')}</dt>
      <dd><Elapsed task={task} />{usual !== null && <span className="dim"> ({t('response.usual', { span: span(usual) })})</span>}</dd>
      {task.alertId && <><dt>{t('response.alert')}</dt><dd><Link className="mono" to="/workbench/alerts/$id" params={{ id: task.alertId }}>{task.alertId}</Link></dd></>}
      {task.description && <><dt>{t('respond.description')}</dt><dd style={{ whiteSpace: 'pre-wrap' }}>{task.description}</dd></>}
      {Object.entries(task.parameters).filter(([name]) => name !== 'text').map(([name, value]) => <Parameter key={name} name={name} value={value} />)}
    </dl>
  )
}

function Parameter({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation()
  const told = Array.isArray(value) ? value.join(' ') : typeof value === 'object' ? JSON.stringify(value) : t(`choice.${name}.${String(value ?? '')}`, String(value ?? ''))
  if (told === '') return null
  return <><dt>{t(`parameter.${name}`, name)}</dt><dd className="mono">{/_ms$/.test(name) && typeof value === 'number' ? <Moment at={value} /> : told}</dd></>
}

/** What came of it: the error, the proof, the result, the file, the recording, and each step. `panels`: each in a frame of its own. */
export function TaskFindings({ task, panels = false }: { task: TaskDetail; panels?: boolean }) {
  const { t } = useTranslation()
  const text = useText()
  const part = (title: string, content: ReactNode) => (
    <section className={panels ? 'panel' : ''} aria-label={title}>
      {panels ? <div className="panel-head"><h2>{title}</h2></div> : <h3 className="section-title">{title}</h3>}
      <div className={panels ? 'panel-body' : ''}>{content}</div>
    </section>
  )
  const hasResult = task.result !== null && Object.keys(task.result).length > 0
  return (
    <>
      {task.error && <div className="warn-line bad" role="alert"><p><strong>{t('response.error')}</strong> {text(task.error.message)} <span className="mono dim">{task.error.code}</span></p></div>}
      {task.file && part(t('response.file'), <TaskFile task={task} file={task.file} />)}
      {Proof.has(task) && part(t('response.proof'), <Proof task={task} />)}
      {hasResult && part(t('response.result'), <TaskResult task={task} />)}
      {task.recording && part(t('shell.recording'), <Recording id={typeof task.recording === 'string' ? task.recording : task.id} />)}
      {part(t('response.steps'), <Steps steps={task.steps} />)}
    </>
  )
}
