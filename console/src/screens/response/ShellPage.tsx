import { Button } from '@mantine/core'
import { IconEye, IconKeyboard, IconPlayerStop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { taskQuery } from '../../api/response'
import type { TaskDetail } from '../../api/responseShapes'
import { shellAddress, useEndShell } from '../../api/shells'
import { ENDED } from '../../api/taskStates'
import { useOutcome } from '../../components/outcome'
import { TaskStateWord } from '../../components/response/TaskBar'
import { Empty, Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { Elapsed } from './columns'
import { decode, readFrame, type ShellState } from './shellFrames'
import './shell.css'
import type { Screen } from './Terminal'

const Terminal = lazy(() => import('./Terminal'))
type Link = 'waiting' | 'open' | 'ended' | 'lost'

/** A shell on an endpoint, in the browser. Everything is recorded; one click ends it. */
export function ShellPage() {
  const { t } = useTranslation()
  const { taskId } = useParams({ from: '/frame/response/shell/$taskId' })
  const task = useQuery(taskQuery(taskId))
  usePageTitle(`${t('shell.title')} ${task.data?.target.name ?? ''}`)
  if (task.isPending) return <div className="page"><Loading lines={8} /></div>
  if (task.isError) return <div className="page"><Failed error={task.error} onRetry={() => void task.refetch()} /></div>
  return <Session key={taskId} task={task.data} />
}

function Session({ task }: { task: TaskDetail }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const end = useEndShell()
  const [began] = useState(() => !ENDED.has(task.state))
  const over = ENDED.has(task.state)
  return (
    <div className="page fixed shell-page">
      <div className="page-head">
        <div className="grow">
          <Link to="/response/tasks/$id" params={{ id: task.id }} className="dim mono">{task.id}</Link>
          <h1>{t('shell.title')}: {task.target.name} <span className="mono dim">{task.target.address}</span></h1>
        </div>
        <TaskStateWord state={task.state} /> <Elapsed task={task} />
        {!over && <Button color="red.9" leftSection={<IconPlayerStop size={15} />} loading={end.isPending} onClick={() => end.mutate(task.id, outcome(''))}>{t('shell.end')}</Button>}
      </div>
      <p className="dim" style={{ margin: 0 }}>{t('shell.recorded')}</p>
      {task.state === 'pending_approval' && <Empty title={t('shell.waitsForApproval')}><p>{t('shell.waitsHelp')}</p></Empty>}
      {began && task.state !== 'pending_approval' && <Stream taskId={task.id} over={over} />}
      {!began && <Empty title={t('shell.over')}><p><Link to="/response/tasks/$id" params={{ id: task.id }}>{t('shell.toRecording')}</Link></p></Empty>}
    </div>
  )
}

/** The terminal and its stream; when the stream breaks, one may connect again as long as the shell runs. */
function Stream({ taskId, over }: { taskId: string; over: boolean }) {
  const { t } = useTranslation()
  const [round, setRound] = useState(0)
  const [link, setLink] = useState<Link>('waiting')
  const [screen, setScreen] = useState<Screen | null>(null)
  const [told, setTold] = useState<ShellState | null>(null)
  const [left, setLeft] = useState('')
  const socket = useRef<WebSocket | null>(null)
  useEffect(() => {
    if (!screen) return
    const made = connect(taskId, screen, { onLink: setLink, onState: setTold, onLeft: setLeft })
    socket.current = made
    return () => made.close()
  }, [taskId, screen, round])
  const tell = (frame: object) => socket.current?.readyState === WebSocket.OPEN && socket.current.send(JSON.stringify(frame))
  return (
    <>
      {(link === 'ended' || over) && <div className="warn-line" role="status"><p>{t('shell.over')} <Link to="/response/tasks/$id" params={{ id: taskId }}>{t('shell.toRecording')}</Link></p></div>}
      {link === 'lost' && !over && <div className="warn-line bad" role="alert"><p>{t('shell.lost')} <Button size="compact-xs" variant="default" onClick={() => setRound(round + 1)}>{t('shell.again')}</Button></p></div>}
      {left && !over && <div className="warn-line" role="status"><p>{t(`shell.left.${left}`, left)}</p></div>}
      {told && !over && link === 'open' && <People told={told} />}
      {link === 'waiting' && <p role="status" className="dim" style={{ margin: 0 }}>{t('shell.waiting')}</p>}
      <Suspense fallback={<Loading lines={8} />}>
        <Terminal label={t('shell.title')} onReady={setScreen} onType={(data) => tell({ type: 'input', data })} onResize={(columns, rows) => tell({ type: 'resize', columns, rows })} />
      </Suspense>
    </>
  )
}

/** Who is at the keyboard and who looks on; and why one's own keys do not count. */
function People({ told }: { told: ShellState }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <div className="row wrap" data-testid="shell-people">
      <span><IconKeyboard size={15} aria-hidden /> {told.driver}</span>
      {told.watchers.length > 0 && <span><IconEye size={15} aria-hidden /> {t('shell.watchers', { names: told.watchers.join(', ') })}</span>}
      {told.why && <strong role="status">{text(told.why)}</strong>}
    </div>
  )
}

type Listeners = { onLink: (link: Link) => void; onState: (state: ShellState) => void; onLeft: (reason: string) => void }

function connect(taskId: string, screen: Screen, { onLink, onState, onLeft }: Listeners): WebSocket {
  const socket = new WebSocket(shellAddress(taskId, screen.size()))
  let ended = false
  socket.onopen = () => {
    screen.reset()
    onLink('open')
    onLeft('')
    screen.focus()
  }
  socket.onmessage = ({ data }) => {
    const frame = readFrame(String(data))
    if (frame?.type === 'output') screen.write(decode(frame.data))
    if (frame?.type === 'state') onState(frame)
    if (frame?.type === 'left') onLeft(frame.reason ?? 'replaced')
    if (frame?.type !== 'end') return
    ended = true
    onLink('ended')
  }
  socket.onclose = () => onLink(ended ? 'ended' : 'lost')
  return socket
}
