/** Alerts of one model, or of one endpoint, under one head. */
import type { AlertRow, Text } from '../../api/shapes'
import type { Group } from './view'

/** What a row is grouped under; the empty text for alerts that touch no endpoint. */
export function groupOf(row: AlertRow, group: Group): Text | string {
  if (group === 'model') return row.model
  if (group === 'endpoint') return row.impactScope.entities.find((entity) => entity.type === 'host')?.name ?? ''
  return ''
}

const keyOf = (row: AlertRow, group: Group) => (group === 'model' ? row.modelId : String(groupOf(row, group)))

/** The rows with those of one group together: groups in the order of their first row, rows within them as they came. */
export function grouped(rows: AlertRow[], group: Group): AlertRow[] {
  if (group === 'none') return rows
  const places = new Map<string, number>()
  for (const row of rows) if (!places.has(keyOf(row, group))) places.set(keyOf(row, group), places.size)
  return [...rows].sort((a, b) => (places.get(keyOf(a, group)) ?? 0) - (places.get(keyOf(b, group)) ?? 0))
}
