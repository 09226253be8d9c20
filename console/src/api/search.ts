import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { fileAddress, get, getFile, remove, type FileWatch } from './client'
import type { Dataset, ExportFormat, FieldFacets, PastQuery, Question, QueryCheck, QueryCompletion, StackOrder, StackRow, TimeCounts } from './searchShapes'
import type { ActivityRow, LookupItem, Page, SearchField } from './shapes'

export type SearchQuery = Partial<Question> & {
  top?: number
  skipToken?: string
  columns?: string
}

export const searchActivities = (query: SearchQuery, signal?: AbortSignal) => get<Page<ActivityRow>>('/search', query, signal)

export const countQuery = (question: Question) =>
  queryOptions({
    queryKey: ['search', 'count', question],
    queryFn: ({ signal }) => get<{ count: number }>('/search/count', question, signal),
    retry: false,
  })

export const timeCountsQuery = (question: Question) =>
  queryOptions({
    queryKey: ['search', 'histogram', question],
    queryFn: ({ signal }) => get<TimeCounts>('/search/histogram', { ...question, buckets: 90 }, signal),
    retry: false,
  })

export const facetsQuery = (question: Question, fields: string[], top: number) =>
  queryOptions({
    queryKey: ['search', 'facets', question, fields, top],
    queryFn: ({ signal }) => get<FieldFacets>('/search/facets', { ...question, fields: fields.join(','), top }, signal),
    enabled: fields.length > 0,
    retry: false,
  })

export const readStack = (question: Question, by: string[], order: StackOrder, skipToken: string, signal?: AbortSignal) =>
  get<Page<StackRow>>('/search/stack', { ...question, by: by.join(','), order, top: 100, skipToken }, signal)

/** `position`: the offset of the cursor in the text. */
export const completionQuery = (question: Question, position: number) =>
  queryOptions({
    queryKey: ['search', 'completion', question, position],
    queryFn: ({ signal }) => {
      const { query, ...rest } = question
      return get<QueryCompletion>('/search/completion', { ...rest, text: query, position }, signal)
    },
    staleTime: 30_000,
    retry: false,
  })

/** Whether the query can be read; where it cannot, what is wrong and at which column (from 1). */
export const checkQuery = (question: Pick<Question, 'query' | 'dataset'>) =>
  queryOptions({
    queryKey: ['search', 'check', question],
    queryFn: ({ signal }) => get<QueryCheck>('/search/check', question, signal),
    enabled: question.query.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

export type ExportWish = { question: Question; columns: string[]; format: ExportFormat; limit: number }
const exportQuery = ({ question, columns, format, limit }: ExportWish) => ({ ...question, columns: columns.join(','), format, limit })
export const exportRows = (wish: ExportWish, watch: FileWatch) => getFile('/search/export', exportQuery(wish), watch)
export const exportAddress = (wish: ExportWish) => fileAddress('/search/export', exportQuery(wish))

export const historyQuery = queryOptions({
  queryKey: ['search', 'history'],
  queryFn: ({ signal }) => get<Page<PastQuery>>('/search/history', {}, signal),
})

export function useForgetHistory() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => remove<unknown>('/search/history'),
    onSettled: () => void cache.invalidateQueries({ queryKey: historyQuery.queryKey }),
  })
}

/** Every field that a query over a data set may name. */
export const fieldsQuery = (dataset: Dataset) =>
  queryOptions({
    queryKey: ['search', 'fields', dataset],
    queryFn: ({ signal }) => get<Page<SearchField>>('/search/fields', { dataset }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const lookupQuery = (text: string) =>
  queryOptions({
    queryKey: ['lookup', text],
    queryFn: ({ signal }) => get<Page<LookupItem>>('/lookup', { q: text }, signal),
    enabled: text.trim().length >= 2,
    staleTime: 10_000,
  })
