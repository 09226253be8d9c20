import { queryOptions } from '@tanstack/react-query'
import { get } from './client'
import type { Severity, Text } from './shapes'

/** Where in the record a value stands, or what it was made of. Spans count characters (not UTF-16 units). */
export type Place = {
  how: 'recorded' | 'converted' | 'projected' | 'ancestry' | 'listed' | 'keyword' | 'absent' | 'equal' | 'unknown'
  path: string | null
  from: string[]
  spans?: [number, number][]
}
export type Verdict = {
  kind: 'log source' | 'demand' | 'all' | 'any' | 'not' | 'predicate' | 'always' | 'never'
  met: boolean
  parts?: Verdict[]
  omitted?: number
  field?: string | null
  vocabulary?: string | null
  operator?: string
  wanted?: unknown
  wantedText?: string
  cased?: boolean
  found?: unknown
  spans?: [number, number][]
  from?: number
  length?: number
  members?: number
  where?: Place
}
export type Explanation = {
  filter: string
  uuid: string
  eventDateTime: string | null
  endpointHostName?: string | null
  title?: Text
  met?: boolean
  reason?: Text
  reading?: 'record' | 'projected'
  why?: Verdict
  /** What stands between a met condition and a detection that people see. */
  obstacles?: { kind: string; id: string; text: Text }[]
  missing?: string
}
export type RuleVerdict = {
  id: string
  name: Text
  type: string
  met?: boolean
  wanted?: number
  counted?: number
  distinct?: string | null
  groupBy?: { field: string; values: string[]; names?: string[] }[]
  steps?: { filter: string; met: boolean; uuid?: string; eventDateTime?: string }[]
  events?: { uuid: string; eventDateTime: string; filter: string; value?: string | null }[]
  text?: Text
  gone?: boolean
  filters?: { id: string; title: Text; eventCount: number }[]
}
export type AlertExplanation = {
  alert: string
  model: { id: string; name: Text; severity: Severity; suppression: Text | null; eventCount: number; fingerprint: string }
  rules: RuleVerdict[]
  explanations: Explanation[]
}
export type DetectionExplanation = {
  detection: string
  filter: string
  uuid: string
  explanation: Explanation
  models: { model: string; name: Text; severity: Severity; enabled: boolean; rule: RuleVerdict }[]
}

const STALE_MS = 60_000

export const alertExplanationQuery = (alert: string) =>
  queryOptions({ queryKey: ['explain', 'alert', alert], queryFn: ({ signal }) => get<AlertExplanation>('/explain', { alert }, signal), staleTime: STALE_MS })

export const detectionExplanationQuery = (detection: string, time?: number | undefined) =>
  queryOptions({
    queryKey: ['explain', 'detection', detection],
    queryFn: ({ signal }) => get<DetectionExplanation>('/explain', { detection, time }, signal),
    staleTime: STALE_MS,
  })

export const explanationQuery = (filter: string, uuid: string, time?: number | undefined) =>
  queryOptions({
    queryKey: ['explain', filter, uuid],
    queryFn: ({ signal }) => get<Explanation>('/explain', { filter, uuid, time }, signal),
    staleTime: STALE_MS,
  })
