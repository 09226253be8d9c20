import type { MenuObject } from '../../components/ObjectMenu'
import { OBJECT_FIELDS } from '../../components/whatHappened'
import type { View } from './view'

/** What a row is known by: its host and its process, for the menu and the execution profile. */
const IDENTITY = ['endpointGuid', 'endpointHostName', 'processHashId', 'processPid', 'objectProcessHashId', 'objectPid']
/** What a response to a value wants to know of it beside the value: which process, which file. */
const ABOUT: Record<string, string[]> = {
  processFilePath: ['processLaunchTime', 'processFileHashSha1', 'processFileHashSha256'],
  objectFilePath: ['objectFileHashSha1', 'objectFileHashSha256'],
}
/** What the summary reads. */
const SUMMARY = ['channel', 'winEventId', 'eventDataIpAddress', ...OBJECT_FIELDS]

/** The fields the list asks for; '' = all, where the server knows best. */
export function neededColumns({ dataset, columns }: Pick<View, 'dataset' | 'columns'>): string {
  if (dataset === 'detections') return ''
  const named = columns.filter((name) => name !== 'summary' && name !== 'eventTime')
  return [...new Set([...named, ...IDENTITY, ...named.flatMap((name) => ABOUT[name] ?? []), ...SUMMARY])].join(',')
}

/** A process by its number and start, a file by its hash, as far as the row tells: a task then means this one and no other of its path. */
export function aboutOf(name: string, row: Record<string, unknown>): MenuObject['about'] {
  const text = (field: string) => (typeof row[field] === 'string' && row[field] !== '' ? (row[field] as string) : undefined)
  const whole = (field: string) => (typeof row[field] === 'number' ? (row[field] as number) : undefined)
  if (name === 'processFilePath') return { pid: whole('processPid'), startedMs: whole('processLaunchTime'), sha1: text('processFileHashSha1'), sha256: text('processFileHashSha256') }
  if (name === 'objectFilePath') return { sha1: text('objectFileHashSha1'), sha256: text('objectFileHashSha256') }
  return undefined
}
