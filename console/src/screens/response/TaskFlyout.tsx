import { ActionIcon } from '@mantine/core'
import { IconArrowsMaximize, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { taskQuery } from '../../api/response'
import { Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { TaskControls, TaskFacts, TaskFindings } from './TaskBody'
import { TaskBar } from '../../components/response/TaskBar'

/** A task beside the list. */
export function TaskFlyout({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  const task = useQuery(taskQuery(id))
  return (
    <aside className="panel flyout" aria-label={id} style={{ flex: 'none' }}>
      <div className="flyout-head">
        <div className="grow">
          <h2>{text(task.data?.title) || id}</h2>
          <Link className="mono" to="/response/tasks/$id" params={{ id }}>{id}</Link>
        </div>
        <ActionIcon aria-label={t('response.openPage')} title={t('response.openPage')} renderRoot={(props) => <Link to="/response/tasks/$id" params={{ id }} {...props} />}>
          <IconArrowsMaximize size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t('action.close')} onClick={onClose}><IconX size={17} /></ActionIcon>
      </div>
      {task.isPending && <Loading />}
      {task.isError && <Failed error={task.error} onRetry={() => void task.refetch()} />}
      {task.data && (
        <>
          <div className="flyout-body">
            <TaskBar wide state={task.data.state} been={task.data.steps.map((step) => step.state)} />
            <TaskFacts task={task.data} />
            <TaskFindings task={task.data} />
          </div>
          <div className="flyout-foot"><TaskControls task={task.data} /></div>
        </>
      )}
    </aside>
  )
}

/** A task on its own page, to be linked to. */
export function TaskPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/frame/response/tasks/$id' })
  const text = useText()
  const task = useQuery(taskQuery(id))
  usePageTitle(task.data ? `${text(task.data.title)} ${id}` : id)
  if (task.isPending) return <div className="page"><Loading lines={10} /></div>
  if (task.isError) return <div className="page"><Failed error={task.error} onRetry={() => void task.refetch()} /></div>
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <Link to="/response" search={{}} className="dim">{t('nav.response')}</Link> <span className="dim">/</span> <span className="mono">{id}</span>
          <h1>{text(task.data.title)}</h1>
        </div>
        <TaskControls task={task.data} />
      </div>
      <section className="panel panel-body"><TaskBar wide state={task.data.state} been={task.data.steps.map((step) => step.state)} /></section>
      <div className="two">
        <div className="col" style={{ gap: 12 }}><TaskFindings task={task.data} panels /></div>
        <section className="panel panel-body"><TaskFacts task={task.data} /></section>
      </div>
    </div>
  )
}
