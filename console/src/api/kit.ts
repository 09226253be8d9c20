import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { downloadAddress, get, post, postFile } from './client'
import type { Text } from './shapes'

export type KitPlatform = { platform: 'linux' | 'windows'; name?: string; sizeBytes?: number; sha256?: string; tested?: boolean; note?: Text | null }
export type Kit = { platforms: (KitPlatform | string)[]; built?: number | null }
export type KitReport = {
  id: string
  host: string
  ips?: string[]
  os?: string
  collected?: number | null
  uploaded: number
  uploadedBy: string
  suspicious: number
  sizeBytes?: number
  activities?: number
  [more: string]: unknown
}
export type KitFinding = { kind: string; value: string; reasons: (Text | string)[]; score?: number; sha256?: string | null; collected?: boolean }
export type KitReportDetail = KitReport & { findings: KitFinding[]; sections: Record<string, unknown[]> }

export const kitQuery = queryOptions({ queryKey: ['kit'], queryFn: ({ signal }) => get<Kit>('/kit', {}, signal) })
export const kitReportsQuery = queryOptions({ queryKey: ['kit', 'reports'], queryFn: ({ signal }) => get<{ items: KitReport[] }>('/kit/reports', {}, signal) })
export const kitReportQuery = (id: string) =>
  queryOptions({ queryKey: ['kit', 'reports', id], queryFn: ({ signal }) => get<KitReportDetail>(`/kit/reports/${encodeURIComponent(id)}`, {}, signal) })
export const kitAddress = (platform: string) => downloadAddress(`/kit/${platform}`)

export function useUploadReport() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (file: File) => postFile<KitReport>('/kit/reports', { name: file.name }, file),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['kit', 'reports'] }),
  })
}

/** `password` opens the zip `file`; it is no secret. `model`: the name of the model that raises the alert. */
export type Simulation = {
  id: string
  technique: string
  techniques: string[]
  title: Text
  description: Text
  file: string
  password: string
  scenarios: { id: number; title: Text; filter: string }[]
  modelId: string
  model: Text | null
}
/** `ok` null: nobody here can know. `blocking`: the alert will not come. */
export type Check = { name: string; title: Text; ok: boolean | null; blocking: boolean; why: Text }

export const simulationsQuery = queryOptions({ queryKey: ['simulations'], queryFn: ({ signal }) => get<{ items: Simulation[]; recordings?: { id: string; title: Text; records: number }[] }>('/simulations', {}, signal) })
export const preflightQuery = (id: string, endpoint: string) =>
  queryOptions({
    queryKey: ['simulations', id, 'preflight', endpoint],
    queryFn: ({ signal }) => get<{ ready: boolean; items: Check[] }>(`/simulations/${encodeURIComponent(id)}/preflight`, { endpoint }, signal),
    enabled: endpoint !== '',
  })
export const simulationAddress = (id: string, scenario?: string) => downloadAddress(`/simulations/${encodeURIComponent(id)}/script`, { scenario })

export function useReplay() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => post<{ sequence: number; records: number }>(`/simulations/${encodeURIComponent(id)}/replay`),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['workbench'] }),
  })
}
