import { queryOptions } from '@tanstack/react-query'
import { get } from './client'
import type { Severity, Tactic, Technique, Text } from './shapes'

export type Cell = { id: string; name: string; filters: number; models: number; detections: number }
export type TechniqueCell = Cell & { subtechniques: Cell[] }
export type TacticColumn = { id: string; name: string; text: Text; techniques: TechniqueCell[] }
export type Matrix = {
  version: string
  tactics: TacticColumn[]
  totals: { techniques: number; covered: number; seen: number }
  notice: string
}
export type TechniqueDetail = {
  id: string
  name: string
  /** The id of the address where it has been replaced by `id`. */
  asked: string | null
  tactics: Tactic[]
  platforms: string[]
  parent: Technique | null
  subtechniques: Technique[]
  groups: Technique[]
  software: Technique[]
  mitigations: Technique[]
  filters: { id: string; title: Text; risk: Severity }[]
  models: { id: string; name: Text; severity: Severity }[]
  detectionCount: number
  version: string
  notice: string
}
export type ActorKind = 'group' | 'software' | 'mitigation'
export type UsedTechnique = { id: string; name: string; tactics: string[]; filters: number; models: number }
export type Actor = {
  id: string
  name: string
  asked: string | null
  kind: ActorKind
  form: string
  aliases: string[]
  platforms: string[]
  techniques: UsedTechnique[]
  others: Technique[]
  covered: number
  version: string
  notice: string
}
export type AttackStatus = {
  version: string
  source: 'bundled' | 'imported'
  imported: { file: string; importedAt: string } | null
  trouble: string
}

/** Where the page of one stands. */
export const ACTOR_PATHS = { group: '/attack/groups/$id', software: '/attack/software/$id', mitigation: '/attack/mitigations/$id' } as const
const ROUTES: Record<ActorKind, string> = { group: 'groups', software: 'software', mitigation: 'mitigations' }

export const matrixQuery = (window: { from?: string; to?: string }) =>
  queryOptions({ queryKey: ['attack', 'matrix', window], queryFn: ({ signal }) => get<Matrix>('/attack/matrix', window, signal), staleTime: 30_000 })

export const techniqueQuery = (id: string) =>
  queryOptions({
    queryKey: ['techniques', id],
    queryFn: ({ signal }) => get<TechniqueDetail>(`/attack/techniques/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 60_000,
  })

export const actorQuery = (kind: ActorKind, id: string) =>
  queryOptions({
    queryKey: ['attack', kind, id],
    queryFn: ({ signal }) => get<Actor>(`/attack/${ROUTES[kind]}/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 60_000,
  })

export const attackStatusQuery = queryOptions({
  queryKey: ['attack', 'status'],
  queryFn: ({ signal }) => get<AttackStatus>('/attack/status', {}, signal),
  staleTime: 60_000,
})
