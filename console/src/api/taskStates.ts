/** The life of a task in words and order. Thinking only. */
import type { Task, TaskState } from './responseShapes'

export const ENDED: ReadonlySet<TaskState> = new Set(['verified', 'unverified', 'failed', 'expired', 'rejected', 'cancelled'])
export const FIVE = ['queued', 'delivered', 'executing', 'executed', 'verified'] as const
export type Mark = 'done' | 'now' | 'bad' | 'doubt' | 'open'

/** How far the task came, from 0 (nothing yet) to 5 (verified). Of one that failed, the steps it had reached. */
export function reached(state: TaskState, been: readonly TaskState[] = []): number {
  const place = (one: TaskState) => FIVE.indexOf(one as (typeof FIVE)[number]) + 1
  if (state === 'unverified') return 4
  return Math.max(place(state), ...been.map(place), 0)
}

/** The mark of each of the five steps. */
export function marksOf(state: TaskState, been: readonly TaskState[] = []): Mark[] {
  const far = reached(state, been)
  return FIVE.map((_, index) => {
    if (index < far - 1) return 'done'
    if (index === far - 1) return state === 'verified' ? 'done' : ENDED.has(state) ? 'done' : 'now'
    if (index === far && state === 'unverified') return 'doubt'
    if (index === far && ENDED.has(state) && state !== 'verified') return 'bad'
    return 'open'
  })
}

// What wants a person's eye first comes first.
const WORST: readonly TaskState[] = [
  'failed', 'rejected', 'expired', 'unverified', 'pending_approval', 'queued', 'delivered', 'executing', 'executed', 'cancelled', 'verified',
]

/** The state of a group is that of its worst task. */
export function worstState(states: readonly TaskState[]): TaskState | undefined {
  return WORST.find((state) => states.includes(state))
}

// How long an action usually takes, in seconds; the guide says of collecting that it may take about 20 minutes.
const USUAL_S: Record<string, number> = {
  isolate_endpoint: 10, restore_endpoint: 10, collect_file: 1_200, terminate_process: 5, run_script: 300, scan: 1_200, run_yara: 600,
  dump_process_memory: 600, collect_evidence: 600, apply_block_list: 10, apply_patterns: 30, block_object: 10, unblock_object: 10,
}
export const usualSeconds = (action: string): number | null => USUAL_S[action] ?? null

/** Seconds from the asking to the end, or to now. */
export function elapsedSeconds(task: Pick<Task, 'state' | 'created' | 'changed'>, nowMs: number): number {
  return Math.max(0, ((ENDED.has(task.state) ? task.changed : nowMs) - task.created) / 1000)
}
