import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post, remove } from './client'
import type { Patterns } from './responseShapes'

export const patternsQuery = queryOptions({
  queryKey: ['patterns'],
  queryFn: ({ signal }) => get<Patterns>('/patterns', {}, signal),
  refetchInterval: 5_000,
})

/** A hash, a rule, or a file that a task brought (`taskId`): the server takes its hash. */
export type NewPattern = { kind: 'hash' | 'yara'; name: string; value?: string; taskId?: string; description?: string }

export function usePatternChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['patterns'] })
  return {
    add: useMutation({ mutationFn: (pattern: NewPattern) => post<unknown>('/patterns', pattern), onSettled }),
    remove: useMutation({ mutationFn: (id: string) => remove<unknown>(`/patterns/${encodeURIComponent(id)}`), onSettled }),
  }
}
