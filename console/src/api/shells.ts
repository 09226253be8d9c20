import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { downloadAddress, get, post, put } from './client'
import type { Text } from './shapes'

/** A remote shell; `id` is its task's. Times are ms since 1970. */
export type ShellRow = {
  id: string
  endpoint: string
  endpointName: string
  state: 'waiting' | 'open' | 'ended'
  askedBy: string
  reason: string
  asked: number
  started: number | null
  ended: number | null
  endReason: { code: string; text: Text } | null
  endedBy: string
  watchers: string[]
}
/** `user` and `shell`: '' is the sensor's own. `watch`: keys count only while a second person looks on. */
export type ShellPolicy = { user: string; shell: string; idleS: number; maxS: number; watch: boolean }

export const shellsQuery = queryOptions({
  queryKey: ['shells', 'list'],
  queryFn: ({ signal }) => get<{ total: number; items: ShellRow[] }>('/shells', { top: 200 }, signal),
  refetchInterval: 5_000,
})
export const shellPolicyQuery = queryOptions({ queryKey: ['shells', 'policy'], queryFn: ({ signal }) => get<ShellPolicy>('/shell-policy', {}, signal) })

export function useShellPolicy() {
  const cache = useQueryClient()
  return useMutation({ mutationFn: (policy: ShellPolicy) => put<ShellPolicy>('/shell-policy', policy), onSettled: () => void cache.invalidateQueries({ queryKey: ['shells'] }) })
}

export function useOpenShell() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (wish: { endpoint: string; reason: string }) => post<{ taskId: string }>('/shells', wish),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['response'] }),
  })
}

export function useEndShell() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (taskId: string) => post<unknown>(`/shells/${encodeURIComponent(taskId)}/end`),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['response'] }),
  })
}

/** The stream of a shell; the browser sends the session's cookie with it, and the server checks the origin. */
export function shellAddress(taskId: string, size: { columns: number; rows: number }): string {
  const at = new URL(downloadAddress(`/shells/${encodeURIComponent(taskId)}/stream`, size), window.location.href)
  at.protocol = at.protocol === 'https:' ? 'wss:' : 'ws:'
  return at.href
}

export const recordingAddress = (id: string) => downloadAddress(`/shells/${encodeURIComponent(id)}/recording`)

export async function readRecording(id: string, signal?: AbortSignal): Promise<string> {
  const answer = await fetch(recordingAddress(id), { credentials: 'same-origin', signal: signal ?? null })
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  return answer.text()
}
