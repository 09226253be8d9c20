/** What the server says about exceptions: values that filters are told to pass over. */
import type { Text } from './shapes'

export const OPERATORS = ['equals', 'contains', 'startswith', 'endswith', 're', 'cidr'] as const
export type Operator = (typeof OPERATORS)[number]
export type Scope = { endpoints: string[] }

/** Which value of which field is passed over, by one filter or by all, on some endpoints or on all. */
export type Exempted = { field: string; operator: Operator; value: string; filterId?: string | null; scope?: Scope | null }
export type NewException = Exempted & { expiresDateTime?: string | null; reason: string; override?: boolean }
export type ExceptionRow = Required<Exempted> & {
  id: string
  filterTitle?: Text | null
  reason: string
  createdBy: string
  createdDateTime: string
  expiresDateTime: string | null
  expired: boolean
  enabled: boolean
  hits: number
  lastHitDateTime: string | null
}

export type BlindedProof = { kind: string; id: string; test: string }
/** What the exception would have hidden. */
export type Bill = {
  days: number
  detections: number
  alerts: number
  /** There were more detections than could be looked at; the numbers are of the newest. */
  partial: boolean
  byFilter: { filterId: string; title: Text; count: number }[]
  samples: { uuid: string; eventDateTime: string; endpointName: string; filterId: string; value: string }[]
  blindedProofs: BlindedProof[]
}
