import { OBJECT_FIELDS } from '../../components/whatHappened'
import type { View } from './view'

/** What a row is known by: its host and its process, for the menu and the execution profile. */
const IDENTITY = ['endpointGuid', 'endpointHostName', 'processHashId', 'processPid', 'objectProcessHashId', 'objectPid']
/** What the summary reads. */
const SUMMARY = ['channel', 'winEventId', 'eventDataIpAddress', ...OBJECT_FIELDS]

/** The fields the list asks for; '' = all, where the server knows best. */
export function neededColumns({ dataset, columns }: Pick<View, 'dataset' | 'columns'>): string {
  if (dataset === 'detections') return ''
  const named = columns.filter((name) => name !== 'summary' && name !== 'eventTime')
  return [...new Set([...named, ...IDENTITY, ...SUMMARY])].join(',')
}
