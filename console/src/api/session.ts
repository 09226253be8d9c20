import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, get, patch, post, setCsrf } from './client'
import type { Permission, Session } from './shapes'

async function readSession(): Promise<Session | null> {
  try {
    const session = await get<Session>('/session')
    setCsrf(session.csrf)
    return session
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

/** null = nobody is logged in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
})

export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null
}

/** Whether the person may do it. Hides what would be refused; the server decides. */
export function useMay(permission: Permission): boolean {
  return useSession()?.user.permissions.includes(permission) ?? false
}

export function useLogIn() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (who: { user: string; password: string }) => post<Session>('/login', who),
    onSuccess: (session) => {
      setCsrf(session.csrf)
      cache.setQueryData(sessionQuery.queryKey, session)
      // Whatever another person saw before; the session itself stays, for it is watched.
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
  })
}

export function useLogOut() {
  return useMutation({
    mutationFn: () => post<unknown>('/logout'),
    // A new page forgets everything the last person saw, requests under way included.
    onSuccess: () => window.location.assign('/login'),
  })
}

export function useChangeMe() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (changes: Partial<Pick<Session['user'], 'language' | 'theme'>>) => patch<unknown>('/me', changes),
    onMutate: (changes) => {
      cache.setQueryData(sessionQuery.queryKey, (old) => (old ? { ...old, user: { ...old.user, ...changes } } : old))
    },
  })
}

export function useChangePassword() {
  return useMutation({ mutationFn: (words: { old: string; new: string }) => post<unknown>('/me/password', words) })
}
