import { useQueries } from '@tanstack/react-query'
import { prevalenceQuery } from '../api/entities'
import type { EntityKind, Prevalence } from '../api/entityShapes'
import { typeOfField, valueText } from './FieldList'

const KINDS: EntityKind[] = ['file', 'address', 'domain']
const MOST = 100

/** The kind under which the lake counts a field's values; null when it does not. */
export function countedAs(field: string): EntityKind | null {
  const type = typeOfField(field)
  if (field === 'processFilePath' || field === 'objectFilePath') return 'file'
  if (type === 'hash') return /Imphash$/.test(field) ? null : 'file'
  return type === 'address' && field !== 'endpointIp' ? 'address' : type === 'domain' && field !== 'request' ? 'domain' : null
}

/** How common the values of an activity are: asks once per kind, and answers for a field's value. */
export function usePrevalence(fields: [string, unknown][]): (field: string, value: string) => Prevalence | undefined {
  const counted = fields.filter(([, value]) => !Array.isArray(value)).map(([field, value]) => ({ kind: countedAs(field), value: valueText(value) }))
  const answers = useQueries({
    queries: KINDS.map((kind) => prevalenceQuery(kind, [...new Set(counted.filter((one) => one.kind === kind).map((one) => one.value))].slice(0, MOST))),
  })
  return (field, value) => {
    const at = KINDS.findIndex((kind) => kind === countedAs(field))
    return answers[at]?.data?.items.find((one) => one.value === value)
  }
}
