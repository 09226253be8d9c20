/** What a person sees of Response Management, all of it in the address bar. Thinking only. */
import { STATES, type Task, type TaskState } from '../../api/responseShapes'
import type { TaskQuery } from '../../api/response'
import { ENDED, worstState } from '../../api/taskStates'
import { boundsOf, readRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const GROUPS = ['none', 'together', 'alert', 'target'] as const
export type Group = (typeof GROUPS)[number]
export type View = { states: TaskState[]; action: string; search: string; range: Range; group: Group; cursor: string; endpoint: string; alertId: string }

export function readView(address: Address): View {
  return {
    states: STATES.filter((state) => (address.state ?? '').split(',').includes(state)),
    action: address.action ?? '',
    search: address.search ?? '',
    range: readRange(address, '7d'),
    group: GROUPS.find((one) => one === address.group) ?? 'none',
    cursor: address.cursor ?? '',
    endpoint: address.endpoint ?? '',
    alertId: address.alert ?? '',
  }
}

export function taskQueryOf(view: View, nowMs: number): TaskQuery {
  const { from } = boundsOf(view.range, nowMs)
  // A span that ends now has no end: what is asked for while one looks must appear.
  const to = 'to' in view.range ? view.range.to : undefined
  return {
    state: view.states.join(','),
    action: view.action,
    search: view.search,
    endpoint: view.endpoint,
    alertId: view.alertId,
    ...(from ? { from: Date.parse(from) } : {}),
    ...(to ? { to: Date.parse(to) } : {}),
  }
}

export function groupKey(task: Task, group: Group): string {
  if (group === 'together') return task.group ?? ''
  if (group === 'alert') return task.alertId ?? ''
  return group === 'target' ? task.target.name || task.target.id : ''
}

/** The tasks so that those of a group stand together, groups in the order of their newest task. */
export function grouped(tasks: Task[], group: Group): Task[] {
  if (group === 'none') return tasks
  const order: string[] = []
  for (const task of tasks) if (!order.includes(groupKey(task, group))) order.push(groupKey(task, group))
  return order.flatMap((key) => tasks.filter((task) => groupKey(task, group) === key))
}

/** A group is as well off as its worst task. */
export function groupState(tasks: Task[], group: Group, key: string): TaskState | undefined {
  return worstState(tasks.filter((task) => groupKey(task, group) === key).map((task) => task.state))
}

export const isUnderWay = (tasks: Task[]) => tasks.some((task) => !ENDED.has(task.state))
