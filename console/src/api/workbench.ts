import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, patch, post, remove } from './client'
import type { AlertChanges, AlertDetail, AlertRow, BulkResult, CorrelationGraph, Note, Page, WorkbenchSummary } from './shapes'

export type AlertListQuery = {
  status?: string
  created?: string
  model?: string
  severity?: string
  search?: string
  orderBy?: string
  top?: number
  skipToken?: string
}

export const summaryQuery = queryOptions({
  queryKey: ['workbench', 'summary'],
  queryFn: ({ signal }) => get<WorkbenchSummary>('/workbench/summary', { dayStart: midnight(new Date()) }, signal),
  refetchInterval: 30_000,
})

/** The beginning of the reader's day: "today" is theirs, not the server's. */
function midnight(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString()
}

export function listAlerts(query: AlertListQuery, signal?: AbortSignal): Promise<Page<AlertRow>> {
  return get<Page<AlertRow>>('/workbench/alerts', query, signal)
}

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['workbench', 'alert', id],
    queryFn: ({ signal }) => get<AlertDetail>(`/workbench/alerts/${encodeURIComponent(id)}`, {}, signal),
  })

export const alertGraphQuery = (id: string) =>
  queryOptions({
    queryKey: ['workbench', 'alert-graph', id],
    queryFn: ({ signal }) => get<CorrelationGraph>(`/workbench/alerts/${encodeURIComponent(id)}/graph`, {}, signal),
  })

/** Changes one alert; the etag makes the server refuse when somebody else was quicker. */
export function useChangeAlert() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, etag, changes }: { id: string; etag: string; changes: AlertChanges }) =>
      patch<AlertDetail>(`/workbench/alerts/${encodeURIComponent(id)}`, changes, etag),
    onSuccess: (detail) => {
      cache.setQueryData(alertQuery(detail.id).queryKey, detail)
      void cache.invalidateQueries({ queryKey: ['workbench'], predicate: (query) => query.queryKey[1] !== 'alert-graph' })
      void cache.invalidateQueries({ queryKey: ['incidents'] })
    },
    onError: (_, { id }) => void cache.invalidateQueries({ queryKey: alertQuery(id).queryKey }),
  })
}

export function useChangeAlerts() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: { ids: string[]; changes: AlertChanges }) => post<BulkResult>('/workbench/alerts/bulk', body),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ['workbench'] })
      void cache.invalidateQueries({ queryKey: ['incidents'] })
    },
  })
}

const notesOf = (id: string) => `/workbench/alerts/${encodeURIComponent(id)}/notes`

export function useNotes(id: string) {
  const cache = useQueryClient()
  const onSuccess = () => void cache.invalidateQueries({ queryKey: ['workbench'] })
  return {
    add: useMutation({ mutationFn: (content: string) => post<Note>(notesOf(id), { content }), onSuccess }),
    change: useMutation({
      mutationFn: (note: { id: Note['id']; content: string }) =>
        patch<Note>(`${notesOf(id)}/${note.id}`, { content: note.content }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (noteId: Note['id']) => remove<unknown>(`${notesOf(id)}/${noteId}`), onSuccess }),
  }
}
