import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { downloadAddress, get, post, put } from './client'
import { ENDED } from './taskStates'
import type { ActionObject, ApprovalPolicy, Asked, NewTasks, ResponseAction, Submission, Task, TaskDetail, TaskPage } from './responseShapes'

export type TaskQuery = {
  state?: string
  action?: string
  search?: string
  alertId?: string
  endpoint?: string
  from?: number
  to?: number
  orderBy?: string
  top?: number
  skipToken?: string
}

/** While something is under way, the page looks again this often. */
export const LOOK_AGAIN_MS = 2_000

export const listTasks = (query: TaskQuery, signal?: AbortSignal) => get<TaskPage>('/response/tasks', query, signal)

/** The newest tasks on an endpoint. */
export const endpointTasksQuery = (guid: string) =>
  queryOptions({
    queryKey: ['response', 'of-endpoint', guid],
    queryFn: ({ signal }) => listTasks({ endpoint: guid, top: 20 }, signal),
    refetchInterval: 5_000,
  })

const at = (id: string) => `/response/tasks/${encodeURIComponent(id)}`

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['response', 'task', id],
    queryFn: ({ signal }) => get<TaskDetail>(at(id), {}, signal),
    refetchInterval: (query) => (query.state.data && ENDED.has(query.state.data.state) ? false : LOOK_AGAIN_MS),
  })

/** The tasks that were asked for from an alert, newest first. */
export const alertTasksQuery = (alertId: string) =>
  queryOptions({
    queryKey: ['response', 'of-alert', alertId],
    queryFn: ({ signal }) => listTasks({ alertId, top: 100 }, signal),
    refetchInterval: (query) => (query.state.data?.items.some((task) => !ENDED.has(task.state)) ? LOOK_AGAIN_MS : false),
  })

/** What may be done to an object of this kind: each action says whether it is allowed, and if not, why. */
export const actionsQuery = (objectType: ActionObject, endpoint = '') =>
  queryOptions({
    queryKey: ['response', 'actions', objectType, endpoint],
    queryFn: ({ signal }) => get<{ items: ResponseAction[] }>('/response/actions', { objectType, endpoint }, signal),
    staleTime: 10_000,
  })

export const policyQuery = queryOptions({
  queryKey: ['response', 'approval-policy'],
  queryFn: ({ signal }) => get<ApprovalPolicy>('/response/approval-policy', {}, signal),
})

/** Whatever a task may have changed elsewhere is asked for again. */
export function forgetResponse(cache: QueryClient): void {
  for (const key of ['response', 'endpoints', 'block-list', 'patterns', 'mail']) void cache.invalidateQueries({ queryKey: [key], predicate: (query) => query.queryKey[1] !== 'actions' })
}

export function useTaskChanges() {
  const cache = useQueryClient()
  const onSettled = () => forgetResponse(cache)
  return {
    ask: useMutation({ mutationFn: (wish: NewTasks) => post<{ items: Asked[] }>('/response/tasks', wish), onSettled }),
    cancel: useMutation({ mutationFn: (id: string) => post<Task>(`${at(id)}/cancel`), onSettled }),
    approve: useMutation({ mutationFn: (id: string) => post<Task>(`${at(id)}/approve`), onSettled }),
    reject: useMutation({ mutationFn: ({ id, reason }: { id: string; reason: string }) => post<Task>(`${at(id)}/reject`, { reason }), onSettled }),
    undo: useMutation({ mutationFn: (id: string) => post<Task>(`${at(id)}/undo`), onSettled }),
    /** Shown once, and the showing is kept in the audit log. */
    password: useMutation({ mutationFn: (id: string) => post<{ password: string }>(`${at(id)}/password`), onSettled }),
    policy: useMutation({ mutationFn: (policy: ApprovalPolicy) => put<ApprovalPolicy>('/response/approval-policy', policy), onSettled }),
  }
}

export const fileAddress = (id: string) => downloadAddress(`${at(id)}/file`)
export const submissionAddress = (id: string) => downloadAddress(`${at(id)}/submission.zip`)

export const submissionQuery = (id: string) =>
  queryOptions({
    queryKey: ['response', 'submission', id],
    queryFn: ({ signal }) => get<Submission>(`${at(id)}/submission`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
