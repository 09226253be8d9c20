import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, patch, post } from './client'
import type { AlertStatus, IncidentDetail, IncidentRow, Page } from './shapes'

export type IncidentListQuery = { status?: string; search?: string; orderBy?: string; top?: number; skipToken?: string }

export function listIncidents(query: IncidentListQuery, signal?: AbortSignal): Promise<Page<IncidentRow>> {
  return get<Page<IncidentRow>>('/incidents', query, signal)
}

const at = (id: string) => `/incidents/${encodeURIComponent(id)}`

export const incidentQuery = (id: string) =>
  queryOptions({ queryKey: ['incidents', 'one', id], queryFn: ({ signal }) => get<IncidentDetail>(at(id), {}, signal) })

export function useIncidentChanges(id: string) {
  const cache = useQueryClient()
  const onSuccess = () => {
    void cache.invalidateQueries({ queryKey: ['incidents'] })
    void cache.invalidateQueries({ queryKey: ['workbench'] })
  }
  type Link = { alertId: string; reason?: string }
  return {
    link: useMutation({ mutationFn: (body: Link) => post<unknown>(`${at(id)}/link`, body), onSuccess }),
    unlink: useMutation({ mutationFn: (body: Link) => post<unknown>(`${at(id)}/unlink`, body), onSuccess }),
    change: useMutation({
      mutationFn: (changes: { status?: AlertStatus; owner?: string | null }) => patch<unknown>(at(id), changes),
      onSuccess,
    }),
  }
}
