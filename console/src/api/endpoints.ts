import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post, put, remove } from './client'
import type { Endpoint, EndpointPage, EndpointRow, Enrolment, NewEnrolment } from './responseShapes'

export type EndpointQuery = {
  search?: string
  type?: string
  os?: string
  connected?: string
  isolated?: string
  orderBy?: string
  top?: number
  skipToken?: string
}

export const listEndpoints = (query: EndpointQuery, signal?: AbortSignal) => get<EndpointPage>('/endpoints', query, signal)
const at = (guid: string) => `/endpoints/${encodeURIComponent(guid)}`

export const endpointQuery = (guid: string) =>
  queryOptions({ queryKey: ['endpoints', 'one', guid], queryFn: ({ signal }) => get<Endpoint>(at(guid), {}, signal), refetchInterval: 5_000 })

export type HostName = { guid?: string | undefined; name?: string | undefined }

/** The endpoint of that guid or, as alerts of other sources know hosts by name only, all of that name; none where no sensor is. */
export async function findEndpoints(host: HostName, signal?: AbortSignal): Promise<EndpointRow[]> {
  const found = async (search: string | undefined) => (search ? (await listEndpoints({ search, top: 50 }, signal)).items : [])
  const byGuid = (await found(host.guid)).filter((one) => one.guid === host.guid)
  if (byGuid.length > 0) return byGuid
  const name = (host.name ?? '').toLowerCase()
  const same = (await found(host.name)).filter((one) => one.name.toLowerCase() === name)
  const living = same.filter((one) => !one.revoked)
  return living.length > 0 ? living : same.slice(0, 1)
}

export const hostQuery = (host: HostName) =>
  queryOptions({
    queryKey: ['endpoints', 'host', host.guid ?? '', host.name ?? ''],
    queryFn: ({ signal }) => findEndpoints(host, signal),
    staleTime: 5_000,
  })

/** All that may be chosen, by name. */
export const endpointChoiceQuery = queryOptions({
  queryKey: ['endpoints', 'choice'],
  queryFn: ({ signal }) => listEndpoints({ top: 200, orderBy: 'name asc' }, signal),
})

export const enrolmentsQuery = queryOptions({
  queryKey: ['endpoints', 'enrolments'],
  queryFn: ({ signal }) => get<{ items: Enrolment[] }>('/sensor-enrolments', {}, signal),
})

export type PolicyVersion = { group: string; version: number; policy: Record<string, unknown> | null; changedBy: string; changed: number; comment: string }
/** `effective` is what the group follows; `versions` are of its own policy, newest first. */
export type SensorPolicy = { group: string; effective: Record<string, unknown>; versions: PolicyVersion[] }

const policyOf = (group: string) => `/sensor-policies/${encodeURIComponent(group || '_')}`
export const groupsQuery = queryOptions({ queryKey: ['endpoints', 'groups'], queryFn: ({ signal }) => get<{ items: string[] }>('/sensor-policies', {}, signal) })
export const sensorPolicyQuery = (group: string) =>
  queryOptions({ queryKey: ['endpoints', 'policy', group], queryFn: ({ signal }) => get<SensorPolicy>(policyOf(group), {}, signal) })

export function useEndpointChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['endpoints'] })
  // the page of what was removed still stands for a moment: it must not ask for it again
  const onRemoved = (_told: unknown, refused: Error | null, guid: string) =>
    void cache.invalidateQueries({ queryKey: ['endpoints'], predicate: (query) => refused !== null || !query.queryKey.includes(guid) })
  return {
    group: useMutation({ mutationFn: ({ guid, group }: { guid: string; group: string }) => put<unknown>(`${at(guid)}/group`, { group }), onSettled }),
    revoke: useMutation({ mutationFn: (guid: string) => post<unknown>(`${at(guid)}/revoke`), onSettled }),
    remove: useMutation({ mutationFn: (guid: string) => remove<unknown>(at(guid)), onSettled: onRemoved }),
    enrol: useMutation({
      mutationFn: (wish: { name: string; group: string; expiresInS: number; uses: number }) => post<NewEnrolment>('/sensor-enrolments', wish),
      onSettled,
    }),
    withdraw: useMutation({ mutationFn: (id: string) => remove<unknown>(`/sensor-enrolments/${encodeURIComponent(id)}`), onSettled }),
    policy: useMutation({
      /** `base`: the version it was made from; the server refuses when there is a newer one. */
      mutationFn: ({ group, ...body }: { group: string; policy: Record<string, unknown> | null; base: number; comment: string }) => put<{ version: number }>(policyOf(group), body),
      onSettled,
    }),
  }
}
