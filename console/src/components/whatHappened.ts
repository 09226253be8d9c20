/** An activity in one line: the value that says most about it. */
import { valueText } from './FieldList'

// What an activity was about, the most telling first.
export const OBJECT_FIELDS = [
  'objectCmd', 'eventDataScriptBlockText', 'objectRegistryKeyHandle', 'objectFilePath', 'dst', 'hostName', 'objectPipeName', 'request', 'eventDataServiceName', 'eventDataTaskName',
  'eventDataObjectName', 'eventDataTargetUserName', 'eventDataMemberName', 'objectUser', 'eventMessage', 'processCmd', 'processFilePath',
]

/** The value of the first field that has one; for records of Windows with their event number before it. */
export function whatHappened(row: Record<string, unknown>): string {
  const field = OBJECT_FIELDS.find((name) => valueText(row[name]) !== '')
  const channel = `${valueText(row.channel).split(/[-/]/).at(-1) === 'Operational' ? '' : valueText(row.channel)} ${valueText(row.winEventId)}`.trim()
  if (!field) return channel
  const value = valueText(row[field])
  const from = field === 'eventDataTargetUserName' ? valueText(row.eventDataIpAddress) : ''
  if (!/^(eventData|objectUser)/.test(field) || field === 'eventDataScriptBlockText') return value
  return `${channel}: ${value}${from && from !== '-' ? ` (${from})` : ''}`
}
