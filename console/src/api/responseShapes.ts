/** What the server says about response: actions, tasks, endpoints, block list, scripts, patterns. Times are ms since 1970. */
import type { Text } from './shapes'

export const STATES = [
  'pending_approval', 'queued', 'delivered', 'executing', 'executed', 'verified', 'unverified', 'failed', 'expired', 'rejected', 'cancelled',
] as const
export type TaskState = (typeof STATES)[number]
export type TargetKind = 'endpoint' | 'message' | 'account' | 'object'
export const PHASES = ['contain', 'investigate', 'eradicate', 'recover'] as const
export type ResponsePhase = (typeof PHASES)[number]

export type Target = { kind: TargetKind; id: string; name: string; address: string; os: string }
export type Evidence = Record<string, unknown>
export type Step = { state: TaskState; at: number; who: string; note?: string; evidence?: Evidence }
export type TaskFile = { name: string; sizeBytes: number; expires: number | null; passwordShown?: boolean | { by: string; at: number } | null }

export type Task = {
  id: string
  action: string
  title: Text
  phase: ResponsePhase
  target: Target
  parameters: Record<string, unknown>
  state: TaskState
  created: number
  changed: number
  expires: number
  createdBy: string
  description: string
  alertId: string | null
  group: string | null
  source: string
  result: Record<string, unknown> | null
  error: { code: string; message: Text } | null
  /** The name of the action that takes it back; null when there is none, or nothing to take back. */
  undo: string | null
  canCancel: boolean
  canApprove: boolean
  file: TaskFile | null
  recording: string | boolean | null
}
export type TaskDetail = Task & { steps: Step[]; evidence?: Evidence | null }

export type TaskPage = { totalCount: number; items: Task[]; skipToken?: string | null }

export type ParameterShape = { name: string; type: string; required: boolean; label: Text; choices?: string[]; default?: unknown }
export type ResponseAction = {
  name: string
  title: Text
  effect: Text
  phase: ResponsePhase
  kind: TargetKind
  destructive: boolean
  needsApproval: boolean
  allowed: boolean
  why: Text | null
  parameters: ParameterShape[]
  platforms: string[]
}
export type ActionObject = 'host' | 'account' | 'file' | 'process' | 'hash' | 'ip' | 'domain' | 'url' | 'mail' | 'message'

export type NewTasks = {
  action: string
  targets: { kind: TargetKind; id: string }[]
  parameters: Record<string, unknown>
  description: string
  expiresInS: number
  alertId?: string
  source: string
}
export type Asked = { task?: Task; error?: { code: string; message: string | Text; text?: Text; task?: string; [detail: string]: unknown } }

export type ApprovalPolicy = { rules: { action: string; group: string; needs: boolean }[]; fourEyesShell: boolean }
export type Submission = { subject?: Text; text: Text; outerPassword?: string; password?: string; fileName?: string; helpPage?: string }

/** `spare`: not active, and not needed either. `watches`: kinds of activities; `reason` of an active one: what it cannot see. */
export type Collector = { active: boolean; reason?: string | Text | null; spare?: boolean; watches?: string[] }
export type EndpointRow = {
  guid: string
  name: string
  type: 'server' | 'desktop'
  osName: string
  osVersion: string
  osPlatform: string
  kernel: string
  architecture: string
  ips: string[]
  macs: string[]
  users: string[]
  lastUser: string
  sensorVersion: string
  policyVersion: string | number
  patternVersion: string | number
  blockVersion: string | number
  isolation: string
  connected: boolean
  lastSeen: number
  enrolled: number
  group: string
  collectors: Record<string, Collector>
  /** Actions it cannot do, each with the reason. */
  cannot: Record<string, Text | string>
  /** Actions that were never run on its system. */
  untested?: string[]
  openAlerts: number
  runningTasks: number
  revoked: boolean
}
export type Endpoint = EndpointRow & {
  /** The platform of the packages that its sensor takes as updates; '': it takes none. */
  package: string
  software: { name: string; version: string }[]
  interfaces: { name: string; mac: string; addresses: string[] }[]
  actions: string[]
  health: Record<string, unknown> | null
  policy: Record<string, unknown> | null
}
export type EndpointPage = { totalCount: number; items: EndpointRow[]; skipToken?: string | null }

export type Enrolment = {
  id: string
  name: string
  group: string
  uses: number
  used: number
  status: 'open' | 'used' | 'expired'
  createdBy: string
  created: number
  expires: number
}
/** `text` holds address, token and fingerprint; it cannot be shown again. */
export type NewEnrolment = Enrolment & { text: string; command: string }

export const BLOCK_TYPES = ['fileSha1', 'fileSha256', 'ip', 'domain', 'url', 'senderMailAddress'] as const
export type BlockType = (typeof BLOCK_TYPES)[number]
export type BlockState = 'enforced' | 'partly' | 'waiting' | 'handedOn' | 'notEnforced' | 'listed' | 'excepted'
export type HeldState = 'enforced' | 'flagged' | 'waiting' | 'notEnforced'
/** `state` over all places; `enforcement`: how many endpoints are in which state. */
export type BlockEntry = {
  type: BlockType
  value: string
  action: 'block' | 'log'
  risk: 'high' | 'medium' | 'low'
  expires: number | null
  description: string
  createdBy: string
  created: number
  source: string
  /** An exception keeps it from having any effect. */
  excepted: boolean
  state: BlockState
  enforcement: Partial<Record<HeldState, number>>
}

/** One endpoint; `verified`: a look there found the list in force, or not; null: nobody could look. */
export type BlockHolder = { guid: string; name: string; connected: boolean; lastSeen: number; reason: Text; verified: boolean | null; task: string }
/** `name`: the platform of endpoints, a mail connector, or a format of an export. `at`: last fetched, or looked through; 0 for never. */
export type BlockPlace = {
  kind: 'endpoints' | 'mail' | 'export'
  name: string
  group: string
  state: BlockState
  total: number
  reasons: { text: Text; count: number }[]
  at: number
  parts: { state: HeldState; count: number; endpoints: BlockHolder[] }[]
}
export type BlockEnforcement = { type: BlockType; value: string; state: BlockState; places: BlockPlace[]; leftOut: number }

export type Script = {
  id: string
  name: string
  kind: 'bash' | 'powershell'
  description: string
  parameters: string
  sizeBytes: number
  sha256: string
  createdBy: string
  created: number
  changed: number
  changedBy: string
  signed: boolean
}
export type ScriptDetail = Script & { text: string }

export type PatternItem = {
  id: string
  kind: 'hash' | 'yara'
  /** Of a hash: sha1 or sha256. */
  type: string | null
  name: string
  value: string
  description: string
  /** The task or alert it came from. */
  source: string
  createdBy: string
  created: number
  sinceVersion: number
}
/** `endpoints`: version -> how many endpoints hold it. */
export type Patterns = { version: number | string; items: PatternItem[]; endpoints: Record<string, number> }
