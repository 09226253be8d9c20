import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, put, remove } from './client'

/** `percent`: of the sensors that it fits it is offered to; 0: to none. The last three: how many sensors say so. */
export type SensorPackage = {
  sha256: string
  version: string
  platform: string
  sizeBytes: number
  goesBack: boolean
  percent: number
  group: string
  shared: number
  added: number
  addedBy: string
  running: number
  refused: number
  rolledBack: number
}
export type PackageOutcome = { guid: string; name: string; outcome: 'running' | 'refused' | 'rolled_back'; reason: string; at: number }

const at = (sha256: string) => `/sensor-packages/${encodeURIComponent(sha256)}`

export const packagesQuery = queryOptions({
  queryKey: ['sensorPackages', 'list'],
  queryFn: ({ signal }) => get<{ items: SensorPackage[] }>('/sensor-packages', {}, signal),
  refetchInterval: 5_000,
})
export const packageQuery = (sha256: string) =>
  queryOptions({ queryKey: ['sensorPackages', 'one', sha256], queryFn: ({ signal }) => get<SensorPackage & { sensors: PackageOutcome[] }>(at(sha256), {}, signal), refetchInterval: 5_000 })

export function usePackageChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['sensorPackages', 'list'] })
  return {
    share: useMutation({ mutationFn: ({ sha256, ...share }: { sha256: string; percent: number; group: string }) => put<SensorPackage>(`${at(sha256)}/share`, share), onSettled }),
    remove: useMutation({ mutationFn: (sha256: string) => remove<unknown>(at(sha256)), onSettled }),
  }
}
