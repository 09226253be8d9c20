import { queryOptions } from '@tanstack/react-query'
import { get } from './client'
import type { ActivityDetail, Profile } from './shapes'

export type ProcessKey = { endpointGuid: string; hashId?: string; pid?: string; at?: string }

export const alertProfileQuery = (alertId: string, uuid: string) =>
  queryOptions({
    queryKey: ['profile', 'alert', alertId, uuid],
    queryFn: ({ signal }) =>
      get<Profile>(`/workbench/alerts/${encodeURIComponent(alertId)}/profile`, { uuid }, signal),
    staleTime: 60_000,
  })

export function readProfile(key: ProcessKey, signal?: AbortSignal): Promise<Profile> {
  return get<Profile>('/profile', key, signal)
}

export const processProfileQuery = (key: ProcessKey) =>
  queryOptions({
    queryKey: ['profile', 'process', key],
    queryFn: ({ signal }) => readProfile(key, signal),
    staleTime: 60_000,
  })

/** `timeMs` lets the lake find the row at once; without it the search is wider. */
export const activityQuery = (uuid: string, timeMs?: number) =>
  queryOptions({
    queryKey: ['activity', uuid],
    queryFn: ({ signal }) =>
      get<ActivityDetail>(`/activities/${encodeURIComponent(uuid)}`, { time: timeMs }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
