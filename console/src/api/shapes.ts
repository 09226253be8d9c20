/** What the console's part of the API says, as it says it. Times are ISO 8601 UTC texts unless a name ends in `Ms`. */

export type Text = { en: string; ja: string }
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info'
export type AlertStatus = 'Open' | 'In Progress' | 'Closed'
export type Finding =
  | 'No Findings'
  | 'Noteworthy'
  | 'True Positive'
  | 'False Positive'
  | 'Benign True Positive'
  | 'Other Findings'
export type EntityType = 'host' | 'account' | 'emailAddress' | 'container' | 'cloudIdentity'
export type Permission = 'view' | 'investigate' | 'respond' | 'approve' | 'shell' | 'content' | 'ingest' | 'administer' | 'audit'
export type Language = 'en' | 'ja'
export type ThemeChoice = 'light' | 'dark' | 'system'

export type Session = {
  user: { name: string; role: string; permissions: Permission[]; language: Language | '' | null; theme: ThemeChoice | null }
  csrf: string
  version: string
  org: string
}

export type Entity = { type: EntityType; id: string; name: string; ips?: string[] }
export type ImpactScope = { counts: Partial<Record<EntityType, number>>; entities: Entity[] }
export type Technique = { id: string; name: string }
export type Tactic = { id: string; name: string; text?: Text }

export type AlertRow = {
  id: string
  score: number
  status: AlertStatus
  investigationResult: Finding
  modelId: string
  model: Text
  severity: Severity
  impactScope: ImpactScope
  techniques: Technique[]
  firstEventDateTime: string
  lastEventDateTime: string
  createdDateTime: string
  updatedDateTime: string
  owner: string | null
  incidentId: string | null
  noteCount: number
  eventCount: number
  etag: string
}

export type MatchedEvent = { uuid: string; eventDateTime: string }
export type MatchedFilter = {
  id: string
  title: Text
  description: Text
  techniques: Technique[]
  risk: Severity
  class: string
  matchedEvents: MatchedEvent[]
}
export type MatchedRule = { id: string; name: Text; type: string; filters: MatchedFilter[] }
export type HighlightField = { field: string; type?: string; value: unknown; decoded?: string | null }
export type Highlight = {
  uuid: string
  eventDateTime: string
  filterId: string
  title: Text
  risk: Severity
  class: string
  techniques: Technique[]
  eventType: string
  endpointName: string
  fields: HighlightField[]
}
export type Note = {
  id: string | number
  content: string
  creatorName: string
  createdDateTime: string
  lastUpdatedBy: string | null
  lastUpdatedDateTime: string | null
}
export type HistoryEntry = { at: string; who: string; action: string; details: unknown }
export type SiblingAlert = {
  id: string
  model: Text
  score: number
  severity: Severity
  status: AlertStatus
  createdDateTime: string
}
export type AlertDetail = AlertRow & {
  description: Text
  fingerprint: string
  suppressedCount?: number
  scoreParts: { base: number; scope: number }
  rules: MatchedRule[]
  highlights: Highlight[]
  incident: { id: string; name: Text; score: number; alerts: SiblingAlert[] } | null
  notes: Note[]
  history: HistoryEntry[]
  /** The last closed alert of the same model and entity. */
  earlier?: string | null
}
export type AlertChanges = { status?: AlertStatus; investigationResult?: Finding; owner?: string | null; reason?: string }
export type BulkResult = { results: { id: string; ok: boolean; error?: string | { code: string; message: string } }[] }

export type WorkbenchSummary = {
  open: Partial<Record<Severity, number>>
  uncheckedToday: number
  meanTimeToFirstLookSeconds: number | null
  oldestOpenHigh: { id: string; createdDateTime: string } | null
}

export type Page<T> = { items: T[]; totalCount?: number; skipToken?: string | null }

export type ObjectType =
  | 'host' | 'account' | 'process' | 'command' | 'file' | 'registry' | 'address' | 'domain' | 'pipe' | 'service'
export type CorrelationGraph = {
  nodes: { id: string; type: ObjectType; label: string; detail?: string | null; uuids: string[]; filters: string[] }[]
  edges: { from: string; to: string; label: string; uuids?: string[] }[]
}

export type ProfileKind = 'process' | 'script' | 'file' | 'registry' | 'address' | 'missing'
export type ProfileProcess = {
  name?: string
  filePath?: string
  cmd?: string
  pid?: number | null
  user?: string | null
  hashId?: string | number | null
  startDateTime?: string | null
  endpointName?: string
  endpointGuid?: string
  sha256?: string | null
  sha1?: string | null
  md5?: string | null
  integrityLevel?: number | string | null
  signer?: string | string[] | null
}
export type ProfileNode = {
  id: string
  kind: ProfileKind
  label: string
  process?: ProfileProcess | null
  reason?: Text | null
  flagged: { filterId: string; title: Text; risk: Severity; uuid: string }[]
  childCount: number
  hasMoreChildren: boolean
  uuid?: string | null
}
export type ProfileEdge = { from: string; to: string; label: string }
export type Profile = { focus: string; nodes: ProfileNode[]; edges: ProfileEdge[] }

export type ActivityDetail = {
  fields: Record<string, unknown>
  record: unknown
  recordFile: string | null
  recordNumber: number | string | null
  /** What values of fields hide, decoded. */
  decoded?: Record<string, string>
  /** The endpoints that have the addresses named here. */
  assets?: Record<string, string>
}

export type IncidentRow = {
  id: string
  name: Text
  score: number
  severity: Severity
  status: AlertStatus
  alertCount: number
  activeAlertCount: number
  impactScope: ImpactScope
  createdDateTime: string
  updatedDateTime: string
  updateReason: string
  updateText: Text
  owner: string | null
}
export type IncidentLink = { alertId: string; reason: Text; entity?: Entity | string | null; by: string; at: string }
export type IncidentDetail = IncidentRow & { alerts: AlertRow[]; links: IncidentLink[] }

export type DetectionRow = {
  id: string
  eventDateTime: string
  detectedDateTime: string
  risk: Severity
  filterId: string
  title: Text
  techniques: Technique[]
  tactics: Tactic[]
  endpointName: string
  endpointGuid: string
  highlights: { field: string; value: unknown }[]
  uuid: string
  source: string
}
export type Histogram = { bucketMs: number; buckets: ({ t: string | number } & Partial<Record<Severity, number>>)[] }
export type FacetName = 'risk' | 'tactic' | 'technique' | 'filter' | 'endpoint'
export type FacetValue = { value: string; count: number; label?: string | Text }
export type Facets = Partial<Record<FacetName, FacetValue[]>>

export type NewUser = UserRow & { password?: string }

export type SearchField = { name: string; type: string }
export type ActivityRow = Record<string, unknown>
export type LookupKind = 'alert' | 'incident' | 'endpoint' | 'account' | 'technique' | 'group' | 'software' | 'mitigation' | 'filter' | 'model'
export type LookupItem = { kind: LookupKind; id: string; label: string | Text; link?: string }

export type SystemStatus = {
  lake: Record<string, unknown>
  spool: { waiting: number }
  deadLetters: Record<string, number>
  activities: number
  detections: number
  alerts: number
  version: string
  trouble?: string | null
  contentProblems?: string[]
  correlation?: { waiting: number; bound: number; windows: number; evicted: number; late: number; suppressed: number }
}
export type UserRow = {
  name: string
  role: string
  enabled: boolean
  createdDateTime?: string | null
  lastLoginDateTime?: string | null
}
export type TokenRow = {
  id: string
  name: string
  role: string
  createdDateTime?: string | null
  expiresDateTime?: string | null
  lastUsedDateTime?: string | null
  createdBy?: string | null
}
export type AuditRow = {
  id?: string | number
  at: string
  who: string
  action: string
  target?: string | null
  result?: string | null
  address?: string | null
  details?: unknown
}
