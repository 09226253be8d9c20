/** What the API says about saved queries, watch lists, check points and hunts. Times are ISO texts unless they end in `Ms`. */
import type { Dataset } from './searchShapes'
import type { ActivityRow, Severity, Text } from './shapes'

export type Watch = { everyMinutes: number; lookbackMinutes: number; isActive: boolean; nextAt: string | null; lastAt: string | null; lastError: Text | null }
export type WatchWish = Pick<Watch, 'everyMinutes' | 'lookbackMinutes' | 'isActive'>

export type SavedQueryWish = { name: string; description: string; query: string; dataset: Dataset; techniques: string[] }
export type SavedQuery = SavedQueryWish & {
  id: string
  owner: string
  createdAt: string
  updatedAt: string
  watch: Watch | null
  /** Check points that nobody has done yet. */
  open: number
}

export type CheckState = 'open' | 'done'
export type CheckPoint = {
  id: string
  queryId: string
  queryName: string
  day: string
  count: number
  newCount: number
  firstMs: number | null
  lastMs: number | null
  state: CheckState
  doneBy?: string | null
  doneAt?: string | null
  note?: string | null
  sample: ActivityRow[]
}

export type TodayKind = 'workbench' | 'detections' | 'query'
export type TodayCheck = { id: string; kind: TodayKind; name: Text | string; count: number; state: CheckState; link: string; doneBy?: string | null; doneAt?: string | null }

export type HuntKind = 'technique' | 'group' | 'report' | 'query'
export type HuntState = 'running' | 'done' | 'failed' | 'cancelled'
export type HuntWish = { kind: HuntKind; technique?: string; group?: string; text?: string; queryId?: string; from: string; to: string }
export type HuntPart = { kind: 'filter' | 'query' | 'indicator'; name: Text | string; count: number; endpoints: number; link: string }
export type Indicator = { kind: string; value: string; asWritten?: string; count?: number }
export type HuntRun = {
  id: string
  kind: HuntKind
  title: Text | string
  who: string
  at: string
  state: HuntState
  done: number
  all: number
  from: string
  to: string
}
export type HuntDetail = HuntRun & { parts: HuntPart[]; indicators: Indicator[]; error?: string | null }
export type ReportPreview = { indicators: Indicator[]; techniques: { id: string; name: string }[] }

export type FilterWish = { filterId: string; name: Text; risk: Severity; techniques: string[] }
