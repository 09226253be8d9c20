import { queryOptions } from '@tanstack/react-query'
import type { MenuObject } from '../components/ObjectMenu'
import { get } from './client'
import type { Connection, EntityKind, EntityPage, Prevalence } from './entityShapes'
import type { Page } from './shapes'

export const entityQuery = (kind: EntityKind, value: string, days: number) =>
  queryOptions({
    queryKey: ['entity', kind, value, days],
    queryFn: ({ signal }) => get<EntityPage>(`/entities/${kind}`, { value, days }, signal),
    enabled: value !== '',
    staleTime: 30_000,
  })

export const prevalenceQuery = (kind: EntityKind, values: string[]) =>
  queryOptions({
    queryKey: ['entity', 'prevalence', kind, values],
    queryFn: ({ signal }) => get<{ items: Prevalence[] }>('/entities/prevalence', { kind, value: values }, signal),
    enabled: values.length > 0,
    staleTime: 300_000,
    retry: false,
  })

/** Outbound connections of an endpoint around a moment. */
export const connectionsQuery = (guid: string, at: number | string, minutes: number) =>
  queryOptions({
    queryKey: ['entity', 'connections', guid, at, minutes],
    queryFn: ({ signal }) => get<Page<Connection>>('/entities/endpoint/connections', { guid, at: new Date(at).toISOString(), minutes }, signal),
    enabled: guid !== '',
    staleTime: 60_000,
    retry: false,
  })

const KINDS: Partial<Record<MenuObject['type'], EntityKind>> = { host: 'endpoint', account: 'user', file: 'file', hash: 'file', process: 'process', address: 'address', domain: 'domain' }

/** The entity a value on the screen stands for; null when it has no page of its own. */
export function entityOf(object: Pick<MenuObject, 'type' | 'value'>): { kind: EntityKind; value: string } | null {
  const kind = KINDS[object.type]
  return kind && object.value !== '' ? { kind, value: object.value } : null
}
