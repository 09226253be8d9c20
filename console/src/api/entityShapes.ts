/** What the API says about entities. Times are milliseconds. */
import type { AlertStatus, Severity, Text } from './shapes'

export const ENTITY_KINDS = ['endpoint', 'user', 'file', 'address', 'domain', 'process'] as const
export type EntityKind = (typeof ENTITY_KINDS)[number]

export type Neighbour = { kind: EntityKind; value: string; count: number; rarity: number | null }
export type EntityAlert = { id: string; name: Text | string; severity: Severity; score: number; status: AlertStatus }
export type EntityPage = {
  kind: EntityKind
  value: string
  firstSeen: number | null
  lastSeen: number | null
  count: number
  endpoints: { count: number; of: number; items: { name: string; guid: string; count: number; firstSeen: number; lastSeen: number }[] }
  days: { day: string; count: number }[]
  neighbours: Neighbour[]
  alerts: EntityAlert[]
  facts: Record<string, unknown>
  isInternal: boolean | null
  /** False while what was there before is still being looked through. */
  complete: boolean
}

export type Prevalence = { value: string; firstSeen: number | null; lastSeen: number | null; endpoints: number; of: number }

/** Equal connections (far end, port, process) are one, told at their earliest. */
export type Connection = {
  at: number
  lastAt: number
  dst: string
  port: number | null
  hostName: string | null
  process: string | null
  uuid: string
  count: number
  endpoints: number
  of: number
  rarity: number | null
  isInternal: boolean
  assetName: string | null
  /** Filters that met it, and entries of the block list. */
  hits: { kind: string; value: string; note: string }[]
}
