/** What the server says about filters, models, their versions and exceptions. Times are ISO 8601 UTC texts. */
import type { Severity, Technique, Text } from './shapes'

export type ContentKind = 'filter' | 'model'
export type Origin = 'shipped' | 'sigma' | 'custom'

export type ProofState = 'green' | 'red' | 'unproven'
export type Proof = { state: ProofState; failures: { test: string; why: Text | string }[] }
/** A data source, and whether anything of it has arrived. */
export type Need = { id: string; name: Text; seen: boolean }
export type Funnel = { filterHits: number; ruleHits: number; alerts: number }
export type WholeFunnel = Funnel & { records: number; models: (Funnel & { id: string; name: Text })[] }
/** Over closed alerts; `ratio` is null when none was closed with a finding. */
export type Precision = { closed: number; truePositives: number; falsePositives: number; ratio: number | null }

export type FilterName = { id: string; title: Text; risk: Severity }
export type ModelRule = { id: string; name: Text; type: string; enabled: boolean; filters: FilterName[] }

type Kept = {
  origin: Origin
  /** A person's edit of shipped text is in effect. */
  edited: boolean
  /** The shipped text changed under the edit. */
  conflict: boolean
  enabled: boolean
  proof: Proof
  updatedDateTime: string | null
  updatedBy: string | null
}

export type ModelRow = Kept & {
  id: string
  name: Text
  description: Text
  severity: Severity
  defaultSeverity: Severity
  products: string[]
  available: boolean
  needs: Need[]
  /** Why it cannot find anything yet, for example "not available: needs AWS CloudTrail". */
  unavailable: Text | null
  techniques: Technique[]
  rules: ModelRule[]
  alertCount: number
  funnel: Funnel
  precision: Precision
}
export type ModelDetail = ModelRow & { text: string; version: number; exceptionCount: number }

export type Confidence = 'high' | 'medium' | 'low' | 'unmeasured'
/** Hits among the events it could have met: on ordinary hosts, on our own, and round attacks. */
export type Measured = Record<'benign' | 'own' | 'background', { hits: number; events: number }>
export type FilterRow = Kept & {
  id: string
  title: Text
  risk: Severity
  defaultRisk: Severity
  class: string
  confidence: Confidence
  techniques: Technique[]
  modelCount: number
  hits: number
}
export type FilterDetail = Omit<FilterRow, 'modelCount'> & {
  description: Text
  references: string[]
  author: string
  sigma: string
  text: string
  version: number
  measured: Measured | null
  exceptionCount: number
  models: { id: string; name: Text }[]
}

export type Completion = {
  fields: { name: string; sigma: string[]; type: string }[]
  modifiers: { name: string; text: Text }[]
  logsources: { product: string | null; category: string | null; service: string | null; label: Text }[]
  filters: { id: string; title: Text }[]
  techniques: { id: string; name: string }[]
}

/** Something wrong, or to think about, at a place of the text; lines and columns count from 1. */
export type Finding = { line: number | null; column: number | null; message: Text | string; suggestion?: string | null }
export type Summary = {
  id: string
  title: Text | string
  risk: Severity
  techniques: string[]
  logsource: Record<string, string | null> | null
  predicates: number
}
export type Validation = { ok: boolean; text: string; errors: Finding[]; warnings: Finding[]; summary: Summary | null; proof: Proof | null }
/** A filter told as a query of the Search language. */
export type QueryDraft = { query: string; title: string; risk: Severity; techniques: string[] }

export type PreviewState = 'running' | 'done' | 'failed' | 'cancelled'
export type PreviewSample = { uuid: string; eventDateTime: string; endpointName: string; highlights: { field: string; value: unknown }[] }
export type Preview = {
  state: PreviewState
  progress: number
  read: number
  matched: number
  perDay: { day: string; count: number }[]
  samples: PreviewSample[]
  alerts?: number | null
  seconds: number
  error?: Text | string | null
}

export type Version = { version: number; author: string; at: string; comment: string; current: boolean }
export type DifferenceLine = { op: ' ' | '+' | '-'; text: string }
export type ThreeWay = { base: string; shipped: string; mine: string; merged: string; conflicts: { line: number }[] }
export type Resolution = { take: 'mine' | 'shipped' } | { take: 'text'; text: string }

export type ImportState = 'new' | 'changed' | 'same' | 'error'
export type ImportItem = { kind: ContentKind; id: string; state: ImportState; errors: Finding[] }
/** `ignored`: names in the zip that are neither filter nor model. */
export type Imported = { items: ImportItem[]; ignored: string[] }
