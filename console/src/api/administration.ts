import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, patch, post, remove } from './client'
import type { AuditRow, Page, SystemStatus, TokenRow, UserRow } from './shapes'

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => get<Page<UserRow>>('/users', {}, signal),
})
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => get<Page<TokenRow>>('/tokens', {}, signal),
})
export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => get<SystemStatus>('/status', {}, signal),
  refetchInterval: 10_000,
})

export const listAudit = (
  query: { from?: string; to?: string; search?: string; top?: number; skipToken?: string },
  signal?: AbortSignal,
) => get<Page<AuditRow>>('/audit', query, signal)

export function useUserChanges() {
  const cache = useQueryClient()
  const onSuccess = () => void cache.invalidateQueries({ queryKey: ['users'] })
  return {
    add: useMutation({
      mutationFn: (user: { name: string; role: string; password: string }) => post<unknown>('/users', user),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: ({ name, ...changes }: { name: string; role?: string; password?: string; enabled?: boolean }) =>
        patch<unknown>(`/users/${encodeURIComponent(name)}`, changes),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (name: string) => remove<unknown>(`/users/${encodeURIComponent(name)}`),
      onSuccess,
    }),
  }
}

export function useTokenChanges() {
  const cache = useQueryClient()
  const onSuccess = () => void cache.invalidateQueries({ queryKey: ['tokens'] })
  return {
    add: useMutation({
      mutationFn: (token: { name: string; role: string; expiresInDays?: number }) =>
        post<TokenRow & { token: string }>('/tokens', token),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => remove<unknown>(`/tokens/${encodeURIComponent(id)}`),
      onSuccess,
    }),
  }
}
