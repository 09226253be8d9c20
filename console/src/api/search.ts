import { queryOptions } from '@tanstack/react-query'
import { get } from './client'
import type { ActivityRow, LookupItem, Page, SearchField } from './shapes'

export type SearchQuery = {
  query?: string
  from?: string
  to?: string
  top?: number
  skipToken?: string
  columns?: string
}

export const searchActivities = (query: SearchQuery, signal?: AbortSignal) =>
  get<Page<ActivityRow>>('/search', query, signal)

export const fieldsQuery = queryOptions({
  queryKey: ['search', 'fields'],
  queryFn: ({ signal }) => get<Page<SearchField>>('/search/fields', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const lookupQuery = (text: string) =>
  queryOptions({
    queryKey: ['lookup', text],
    queryFn: ({ signal }) => get<Page<LookupItem>>('/lookup', { q: text }, signal),
    enabled: text.trim().length >= 2,
    staleTime: 10_000,
  })
