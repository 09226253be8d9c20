import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { downloadAddress, get, patch, post, postFile, put, remove } from './client'
import type {
  Completion, ContentKind, DifferenceLine, FilterDetail, FilterRow, Imported, ModelDetail, ModelRow, Preview, QueryDraft, Resolution, ThreeWay, Validation, Version, WholeFunnel,
} from './contentShapes'
import type { Page, Severity, Tactic } from './shapes'

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => get<Page<ModelRow>>('/models', {}, signal),
  staleTime: 30_000,
})

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ['models', id],
    queryFn: ({ signal }) => get<ModelDetail>(`/models/${encodeURIComponent(id)}`, {}, signal),
  })

export type FilterListQuery = {
  search?: string
  origin?: string
  enabled?: string
  technique?: string
  class?: string
  risk?: string
  confidence?: string
  orderBy?: string
  top?: number
  skipToken?: string
}

export const listFilters = (query: FilterListQuery, signal?: AbortSignal) => get<Page<FilterRow>>('/filters', query, signal)

export const filterQuery = (id: string) =>
  queryOptions({
    queryKey: ['filters', id],
    queryFn: ({ signal }) => get<FilterDetail>(`/filters/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 60_000,
  })

export const tacticsQuery = queryOptions({
  queryKey: ['tactics'],
  queryFn: ({ signal }) => get<Page<Tactic>>('/attack/tactics', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const funnelQuery = (span: { from?: string; to?: string }) =>
  queryOptions({
    queryKey: ['funnel', span],
    queryFn: ({ signal }) => get<WholeFunnel>('/content/funnel', span, signal),
    staleTime: 30_000,
  })

export const completionQuery = queryOptions({
  queryKey: ['content', 'completion'],
  queryFn: ({ signal }) => get<Completion>('/content/completion', {}, signal),
  staleTime: 300_000,
})

/** What a draft is told by: its text, or for a filter a query. `id`: of the content it would change. */
export type Draft = { kind: ContentKind; text: string; id?: string } | ({ kind: 'filter' } & QueryDraft)

export const validate = (draft: Draft, signal?: AbortSignal) => post<Validation>('/content/validate', draft, signal)

export const startPreview = (draft: { kind: ContentKind; text: string; days: number }) => post<{ job: string }>('/content/preview', draft)
export const readPreview = (job: string, signal?: AbortSignal) => get<Preview>(`/content/preview/${encodeURIComponent(job)}`, {}, signal)
export const cancelPreview = (job: string) => remove<unknown>(`/content/preview/${encodeURIComponent(job)}`)

const pathOf = (kind: ContentKind, id: string) => `/content/${kind}s/${encodeURIComponent(id)}`

export const versionsQuery = (kind: ContentKind, id: string) =>
  queryOptions({
    queryKey: ['content', kind, id, 'versions'],
    queryFn: ({ signal }) => get<Page<Version>>(`${pathOf(kind, id)}/versions`, {}, signal),
  })

export const differenceQuery = (kind: ContentKind, id: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['content', kind, id, 'difference', from, to],
    queryFn: ({ signal }) => get<{ lines: DifferenceLine[] }>(`${pathOf(kind, id)}/difference`, { from, to }, signal),
  })

export const threeWayQuery = (kind: ContentKind, id: string) =>
  queryOptions({
    queryKey: ['content', kind, id, 'three-way'],
    queryFn: ({ signal }) => get<ThreeWay>(`${pathOf(kind, id)}/three-way`, {}, signal),
  })

type Detail = ModelDetail | FilterDetail

/** A filter or model as it stands now. */
export const readContent = (kind: ContentKind, id: string, signal?: AbortSignal) => get<Detail>(`/${kind}s/${encodeURIComponent(id)}`, {}, signal)
export type NewContent = { text: string; comment: string; enable?: boolean }

/** Whatever a change of content may have changed elsewhere is asked for again; what is `gone` is not. */
export function forgetContent(cache: QueryClient, gone?: string): void {
  for (const key of ['models', 'filters', 'content', 'funnel', 'techniques']) void cache.invalidateQueries({ queryKey: [key], predicate: (query) => gone === undefined || query.queryKey[1] !== gone })
}

export function useContentChanges(kind: ContentKind) {
  const cache = useQueryClient()
  const onSettled = () => forgetContent(cache)
  return {
    add: useMutation({ mutationFn: (content: NewContent) => post<Detail>(`/content/${kind}s`, content), onSettled }),
    /** `version` is the one the text was made from: the server refuses (412) when there is a newer one. */
    save: useMutation({
      mutationFn: ({ id, version, ...content }: NewContent & { id: string; version: number }) => put<Detail>(pathOf(kind, id), content, String(version)),
      onSettled,
    }),
    /** `gone`: it was custom, so that nothing is left of it but its versions; else the shipped text is in effect again. */
    remove: useMutation({
      mutationFn: ({ id }: { id: string; gone: boolean }) => remove<unknown>(pathOf(kind, id)),
      onSuccess: (_, { id, gone }) => forgetContent(cache, gone ? id : undefined),
    }),
    rollBack: useMutation({
      mutationFn: ({ id, ...body }: { id: string; version: number; comment: string }) => post<Detail>(`${pathOf(kind, id)}/rollback`, body),
      onSettled,
    }),
    resolve: useMutation({
      mutationFn: ({ id, resolution }: { id: string; resolution: Resolution }) => post<Detail>(`${pathOf(kind, id)}/resolve`, resolution),
      onSettled,
    }),
  }
}

export type ModelChanges = { enabled?: boolean; severity?: Severity | null; rules?: Record<string, boolean> }
export type FilterChanges = { enabled?: boolean; risk?: Severity | null }

export const changeModel = (id: string, changes: ModelChanges) => patch<ModelDetail>(`/models/${encodeURIComponent(id)}`, changes)
export const changeFilter = (id: string, changes: FilterChanges) => patch<FilterDetail>(`/filters/${encodeURIComponent(id)}`, changes)

export function useChangeModel() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: ModelChanges }) => changeModel(id, changes),
    onSettled: () => forgetContent(cache),
  })
}

export function useChangeFilter() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: FilterChanges }) => changeFilter(id, changes),
    onSettled: () => forgetContent(cache),
  })
}

/** The address of a zip: of these filters and models, or of everything custom. */
export const exportAddress = (ids: string[]) => downloadAddress('/content/export', ids.length > 0 ? { ids: ids.join(',') } : { all: 'custom' })

export const importContent = (file: Blob, dryRun: boolean) => postFile<Imported>('/content/import', dryRun ? { dryRun } : {}, file)
