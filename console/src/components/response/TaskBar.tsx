import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClock, IconHourglass, IconPlayerPlay, IconUserQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ResponsePhase, TaskState } from '../../api/responseShapes'
import { FIVE, marksOf } from '../../api/taskStates'
import './response.css'

const LOOKS: Record<TaskState, { icon: typeof IconClock; tone: 'ok' | 'bad' | 'doubt' | 'now' | 'none' }> = {
  pending_approval: { icon: IconUserQuestion, tone: 'now' },
  queued: { icon: IconClock, tone: 'now' },
  delivered: { icon: IconClock, tone: 'now' },
  executing: { icon: IconPlayerPlay, tone: 'now' },
  executed: { icon: IconHourglass, tone: 'now' },
  verified: { icon: IconCircleCheck, tone: 'ok' },
  unverified: { icon: IconAlertTriangle, tone: 'doubt' },
  failed: { icon: IconCircleX, tone: 'bad' },
  expired: { icon: IconCircleX, tone: 'bad' },
  rejected: { icon: IconCircleX, tone: 'bad' },
  cancelled: { icon: IconCircleX, tone: 'none' },
}
export const toneOf = (state: TaskState) => LOOKS[state].tone

/** The state as a word with its shape and colour. */
export function TaskStateWord({ state }: { state: TaskState }) {
  const { t } = useTranslation()
  const { icon: Icon, tone } = LOOKS[state]
  return (
    <span className="five-word" data-tone={tone} data-state={state}>
      <Icon size={14} aria-hidden />
      {t(`taskState.${state}`)}
    </span>
  )
}

/** The five steps of a task: queued, delivered, executing, executed, verified; and in words where it stands. */
export function TaskBar({ state, been = [], wide = false }: { state: TaskState; been?: readonly TaskState[]; wide?: boolean }) {
  const { t } = useTranslation()
  const marks = marksOf(state, been)
  return (
    <span className={wide ? 'five five-wide' : 'five'} data-testid="task-bar">
      <ol className="five-bar" aria-hidden>
        {FIVE.map((step, index) => <li key={step} data-mark={marks[index]} title={t(`taskState.${step}`)} />)}
      </ol>
      {wide && <span className="five-names" aria-hidden>{FIVE.map((step, index) => <span key={step} data-mark={marks[index]}>{t(`taskState.${step}`)}</span>)}</span>}
      <TaskStateWord state={state} />
    </span>
  )
}

/** What an action is for: contain first, eradicate later. */
export function PhaseTag({ phase }: { phase: ResponsePhase }) {
  const { t } = useTranslation()
  return <span className="phase-tag" data-phase={phase}>{t(`responsePhase.${phase}`)}</span>
}
