/** What a person sees of Search, all of it in the address bar. */
import { readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const DEFAULT_COLUMNS = ['endpointHostName', 'eventId', 'processFilePath', 'summary']

export type View = { query: string; range: Range; columns: string[]; cursor: string }

export function readView(address: Address): View {
  const columns = (address.columns ?? '').split(',').filter((name) => /^\w+$/.test(name))
  return { query: address.query ?? '', range: readRange(address, '7d'), columns: columns.length > 0 ? columns : DEFAULT_COLUMNS, cursor: address.cursor ?? '' }
}

export function writeView(view: View): Record<string, string | undefined> {
  const columns = view.columns.join(',')
  return {
    query: view.query || undefined,
    ...writeRange(view.range, '7d'),
    columns: columns === DEFAULT_COLUMNS.join(',') ? undefined : columns,
    cursor: view.cursor || undefined,
  }
}

/** The query narrowed by one more term. */
export function narrowed(query: string, term: string): string {
  const plain = query.trim()
  if (plain === '' || plain === '*') return term
  return /\bOR\b/i.test(plain) ? `(${plain}) AND ${term}` : `${plain} AND ${term}`
}
