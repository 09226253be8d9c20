import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, patch, post, remove } from './client'
import type { Bill, Exempted, ExceptionRow, NewException } from './exceptionShapes'
import type { Page } from './shapes'

export const exceptionsQuery = queryOptions({
  queryKey: ['exceptions'],
  queryFn: ({ signal }) => get<Page<ExceptionRow>>('/exceptions', {}, signal),
})

export const askBill = (exempted: Exempted & { days: number }, signal?: AbortSignal) => post<Bill>('/exceptions/bill', exempted, signal)

export type ExceptionChanges = { enabled?: boolean; expiresDateTime?: string | null; reason?: string }

export function useExceptionChanges() {
  const cache = useQueryClient()
  const onSettled = () => {
    void cache.invalidateQueries({ queryKey: ['exceptions'] })
    void cache.invalidateQueries({ queryKey: ['filters'] })
    void cache.invalidateQueries({ queryKey: ['models'] })
  }
  return {
    add: useMutation({ mutationFn: (exception: NewException) => post<ExceptionRow>('/exceptions', exception), onSettled }),
    change: useMutation({
      mutationFn: ({ id, changes }: { id: string; changes: ExceptionChanges }) => patch<ExceptionRow>(`/exceptions/${encodeURIComponent(id)}`, changes),
      onSettled,
    }),
    remove: useMutation({ mutationFn: (id: string) => remove<unknown>(`/exceptions/${encodeURIComponent(id)}`), onSettled }),
  }
}
