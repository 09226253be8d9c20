import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, patch } from './client'
import type { FilterDetail, ModelRow, Page, Tactic, TechniqueDetail } from './shapes'

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => get<Page<ModelRow>>('/models', {}, signal),
  staleTime: 30_000,
})

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ['models', id],
    queryFn: ({ signal }) => get<ModelRow>(`/models/${encodeURIComponent(id)}`, {}, signal),
  })

export const filterQuery = (id: string) =>
  queryOptions({
    queryKey: ['filters', id],
    queryFn: ({ signal }) => get<FilterDetail>(`/filters/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 60_000,
  })

export const techniqueQuery = (id: string) =>
  queryOptions({
    queryKey: ['techniques', id],
    queryFn: ({ signal }) => get<TechniqueDetail>(`/attack/techniques/${encodeURIComponent(id)}`, {}, signal),
    staleTime: 60_000,
  })

export const tacticsQuery = queryOptions({
  queryKey: ['tactics'],
  queryFn: ({ signal }) => get<Page<Tactic>>('/attack/tactics', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export function useSwitchModel() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) =>
      patch<ModelRow>(`/models/${encodeURIComponent(id)}`, { enabled }),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['models'] }),
  })
}
