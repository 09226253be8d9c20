import { get, post, remove } from './client'
import type { ContentKind } from './contentShapes'
import type { AlertStatus, Severity, Text } from './shapes'

export type Group = 'onlyNow' | 'onlyThen' | 'both'

export type Reason = {
  code: string
  text: Text
  alertId?: string
  filterId?: string
  filterTitle?: Text
  ruleId?: string
  exceptionId?: string
  by?: string
  at?: string
}

export type Evidence = { uuid: string; eventDateTime: string; endpointName: string; filterId: string; filterTitle: Text; highlights: [string, string][] }

/** One alert of the comparison: `alert` where it was raised, `evidence` what it would rest on where it was not. */
export type Pair = {
  group: Group
  fingerprint: string
  modelId: string
  model: Text
  severity: Severity
  entities: string[]
  firstEventDateTime: string
  lastEventDateTime: string
  eventCount: number
  alert: { id: string; status: AlertStatus; createdDateTime: string } | null
  evidence: Evidence[]
  reasons: Reason[]
}

export type Outcome = { counts: Record<Group, number>; detections: number; unread: number; hidden: number; models: number; partial: boolean; items: Pair[] }

export type Travel = {
  job: string
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress: number
  read: number
  total: number
  seconds: number
  error: Text | null
} & Partial<Outcome>

/** Without `models`: all of them, or those that the texts touch. */
export type Wish = { from?: string; to?: string; models?: string[]; texts?: { kind: ContentKind; text: string; id?: string }[]; /** false: as if there were none. */ exceptions?: boolean }

export const startTravel = (wish: Wish) => post<{ job: string }>('/time-travel', wish)
export const readTravel = (job: string, signal?: AbortSignal) => get<Travel>(`/time-travel/${encodeURIComponent(job)}`, {}, signal)
export const dropTravel = (job: string) => remove<unknown>(`/time-travel/${encodeURIComponent(job)}`)
