import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post, put, remove } from './client'
import type { CheckPoint, FilterWish, HuntDetail, HuntRun, HuntWish, ReportPreview, SavedQuery, SavedQueryWish, TodayCheck, WatchWish } from './huntShapes'
import type { Page } from './shapes'

const pathOf = (id: string) => `/hunts/queries/${encodeURIComponent(id)}`

export const savedQueriesQuery = queryOptions({
  queryKey: ['hunts', 'queries'],
  queryFn: ({ signal }) => get<Page<SavedQuery>>('/hunts/queries', {}, signal),
})

export const checkPointsQuery = (state: string) =>
  queryOptions({
    queryKey: ['hunts', 'checkpoints', state],
    queryFn: ({ signal }) => get<Page<CheckPoint>>('/hunts/checkpoints', { state }, signal),
    refetchInterval: 10_000,
  })

export const todayQuery = queryOptions({
  queryKey: ['hunts', 'today'],
  queryFn: ({ signal }) => get<Page<TodayCheck>>('/hunts/today', {}, signal),
})

export const runsQuery = queryOptions({
  queryKey: ['hunts', 'runs'],
  queryFn: ({ signal }) => get<Page<HuntRun>>('/hunts/runs', {}, signal),
})

/** Asked again while it runs. */
export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['hunts', 'runs', id],
    queryFn: ({ signal }) => get<HuntDetail>(`/hunts/runs/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : false),
  })

export const readReport = (text: string) => post<ReportPreview>('/hunts/report', { text })

export function useHuntChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['hunts'] })
  return {
    save: useMutation({
      mutationFn: ({ id, wish }: { id?: string | undefined; wish: SavedQueryWish }) => (id ? put<SavedQuery>(pathOf(id), wish) : post<SavedQuery>('/hunts/queries', wish)),
      onSettled,
    }),
    remove: useMutation({ mutationFn: (id: string) => remove<unknown>(pathOf(id)), onSettled }),
    watch: useMutation({ mutationFn: ({ id, wish }: { id: string; wish: WatchWish }) => put<unknown>(`${pathOf(id)}/watch`, wish), onSettled }),
    unwatch: useMutation({ mutationFn: (id: string) => remove<unknown>(`${pathOf(id)}/watch`), onSettled }),
    finish: useMutation({ mutationFn: ({ id, note }: { id: string; note: string }) => post<unknown>(`/hunts/checkpoints/${encodeURIComponent(id)}/done`, { note }), onSettled }),
    reopen: useMutation({ mutationFn: (id: string) => post<unknown>(`/hunts/checkpoints/${encodeURIComponent(id)}/reopen`), onSettled }),
    finishToday: useMutation({ mutationFn: (id: string) => post<unknown>(`/hunts/today/${encodeURIComponent(id)}/done`), onSettled }),
    start: useMutation({ mutationFn: (wish: HuntWish) => post<{ id: string }>('/hunts/runs', wish), onSettled }),
    cancel: useMutation({ mutationFn: (id: string) => remove<unknown>(`/hunts/runs/${encodeURIComponent(id)}`), onSettled }),
    toFilter: useMutation({ mutationFn: ({ id, wish }: { id: string; wish: FilterWish }) => post<{ text?: string; id?: string }>(`${pathOf(id)}/filter`, wish) }),
  }
}
