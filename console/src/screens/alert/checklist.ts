/** The order of the work on an alert: check, decide, isolate, then collect and analyse; a real case goes on. Thinking only. */
import type { Task } from '../../api/responseShapes'
import type { AlertDetail } from '../../api/shapes'
import { entityHost, type Host } from '../../components/response/wish'

export type CheckKey = 'check' | 'decide' | 'isolate' | 'collect' | 'submit' | 'pattern' | 'scan'
/** `beginMs` to `endMs`: when it was worked on, from what truly happened. */
export type CheckStep = { key: CheckKey; state: 'done' | 'now' | 'open' | 'skipped'; beginMs?: number; endMs?: number }

/** Every host of the impact scope is suspected; of an incident's other alerts, those stand on their own pages. */
export function suspectedHosts(alert: Pick<AlertDetail, 'impactScope'>): Host[] {
  return alert.impactScope.entities.filter((one) => one.type === 'host').map(entityHost)
}

export function isDemo(alert: Pick<AlertDetail, 'modelId' | 'model'>): boolean {
  return /^demo/i.test(alert.modelId) || /^demo\b/i.test(alert.model.en)
}

const COLLECTING = ['collect_file', 'collect_evidence', 'dump_process_memory', 'run_script', 'remote_shell', 'run_yara']
const GONE_WRONG = new Set(['failed', 'expired', 'rejected', 'cancelled'])

type Facts = Pick<AlertDetail, 'modelId' | 'model' | 'status' | 'createdDateTime' | 'history'>

export function checklistOf(alert: Facts, tasks: Task[]): CheckStep[] {
  const created = Date.parse(alert.createdDateTime)
  const looked = momentOf(alert, () => true)
  const closed = alert.status === 'Closed' ? momentOf(alert, (text) => text.includes('Closed'), true) : undefined
  const decided = firstOf(tasks)?.created ?? closed ?? (alert.status === 'In Progress' ? looked : undefined)
  const steps = [
    timed('check', created, looked ?? decided),
    timed('decide', looked ?? created, decided),
    ofTasks('isolate', tasks.filter((task) => task.action === 'isolate_endpoint')),
    ofTasks('collect', tasks.filter((task) => COLLECTING.includes(task.action))),
  ]
  if (!isDemo(alert)) {
    const file = tasks.find((task) => task.action === 'collect_file' && task.state === 'verified')
    const full = tasks.filter((task) => task.action === 'scan')
    const patterned = tasks.filter((task) => task.action === 'apply_patterns')
    const shown = file?.file && file.file.passwordShown
    steps.push(
      { key: 'submit', state: shown ? 'done' : 'open', ...(file ? { beginMs: file.changed } : {}) },
      full.length > 0 && patterned.length === 0 ? { key: 'pattern', state: 'done' } : ofTasks('pattern', patterned),
      ofTasks('scan', full),
    )
  }
  return settled(steps, closed !== undefined)
}

/** The first that is not done is what is to do now; of a closed alert, what was not done was not needed. */
function settled(steps: CheckStep[], isClosed: boolean): CheckStep[] {
  const first = steps.findIndex((step) => step.state === 'open' || step.state === 'now')
  return steps.map((step, index) => {
    if (step.state !== 'open') return step
    if (isClosed) return { ...step, state: 'skipped' }
    return index === first ? { ...step, state: 'now' } : step
  })
}

function timed(key: CheckKey, beginMs: number, endMs: number | undefined): CheckStep {
  return endMs === undefined ? { key, state: 'open', beginMs } : { key, state: 'done', beginMs, endMs: Math.max(beginMs, endMs) }
}

function ofTasks(key: CheckKey, tasks: Task[]): CheckStep {
  const first = firstOf(tasks)
  if (!first) return { key, state: 'open' }
  const good = tasks.filter((task) => task.state === 'verified' || task.state === 'unverified')
  if (good.length > 0) return { key, state: 'done', beginMs: first.created, endMs: Math.max(...good.map((task) => task.changed)) }
  return tasks.every((task) => GONE_WRONG.has(task.state)) ? { key, state: 'open' } : { key, state: 'now', beginMs: first.created }
}

function firstOf(tasks: Task[]): Task | undefined {
  return [...tasks].sort((a, b) => a.created - b.created)[0]
}

/** The first (or last) entry of the history that says so; the making of the alert is no looking. */
function momentOf({ history }: Facts, fits: (text: string) => boolean, last = false): number | undefined {
  const found = history.filter((one) => !/creat|made/i.test(one.action) && fits(`${one.action} ${JSON.stringify(one.details)}`)).map((one) => Date.parse(one.at)).filter((at) => !Number.isNaN(at))
  return found.length === 0 ? undefined : last ? Math.max(...found) : Math.min(...found)
}
