/** What a person sees of Search, all of it in the address bar. */
import { quoted, queryFor } from '../../api/queryText'
import { DATASETS, type Dataset, type Question, type StackOrder } from '../../api/searchShapes'
import { boundsOf, readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const MODES = ['list', 'stack', 'count'] as const
export type Mode = (typeof MODES)[number]
export const MOST_STACKED = 3
export const MOST_FACETS = 12
export const MOST_COLUMNS = 40

export type View = {
  query: string
  dataset: Dataset
  range: Range
  mode: Mode
  columns: string[]
  facets: string[]
  /** Facets show their rarest values first. */
  rare: boolean
  /** The fields that are stacked, and which stacks come first. */
  by: string[]
  order: StackOrder
  cursor: string
}

type Defaults = { columns: string[]; facets: string[]; stack: string[] }
const OF_ENDPOINTS: Defaults = {
  columns: ['endpointHostName', 'eventId', 'processFilePath', 'summary'],
  facets: ['eventId', 'endpointHostName', 'processFilePath', 'objectFilePath', 'processUser', 'winEventId'],
  stack: ['processFilePath'],
}
const OF_LOGS: Defaults = { columns: ['endpointHostName', 'src', 'recordSource', 'recordFile', 'summary'], facets: ['recordFile', 'recordSource', 'endpointHostName', 'src'], stack: ['src'] }
/** What tells most in each data set: no process and no endpoint stands in what a network sensor or a cloud saw. */
const DEFAULTS: Record<Dataset, Defaults> = {
  all: OF_ENDPOINTS,
  endpoint: OF_ENDPOINTS,
  network: { columns: ['src', 'dst', 'dpt', 'proto', 'hostName'], facets: ['dst', 'src', 'dpt', 'hostName', 'proto', 'recordFile'], stack: ['hostName'] },
  mail: OF_LOGS,
  cloud: OF_LOGS,
  identity: OF_LOGS,
  thirdparty: OF_LOGS,
  detections: { columns: ['riskLevel', 'filterName', 'endpointHostName', 'techniqueId'], facets: ['riskLevel', 'filterId', 'endpointHostName', 'techniqueId', 'tacticId'], stack: ['filterId'] },
}
const DEFAULT_RANGE = '7d'

export const defaultColumns = (dataset: Dataset) => DEFAULTS[dataset].columns
export const defaultStack = (dataset: Dataset) => DEFAULTS[dataset].stack
export const defaultFacets = (dataset: Dataset) => DEFAULTS[dataset].facets

/** Names of fields from the address; anything that cannot be one is dropped. */
function names(text: string | undefined, most: number): string[] {
  return [...new Set((text ?? '').split(',').filter((name) => /^\w+$/.test(name)))].slice(0, most)
}

const orElse = (list: string[], fallback: string[]) => (list.length > 0 ? list : fallback)

export function readView(address: Address): View {
  const dataset = DATASETS.find((one) => one === address.dataset) ?? 'all'
  return {
    query: address.query ?? '',
    dataset,
    range: readRange(address, DEFAULT_RANGE),
    mode: MODES.find((one) => one === address.mode) ?? 'list',
    columns: orElse(names(address.columns, MOST_COLUMNS), defaultColumns(dataset)),
    facets: address.facets === 'none' ? [] : orElse(names(address.facets, MOST_FACETS), defaultFacets(dataset)),
    rare: address.rare === 'yes',
    by: orElse(names(address.by, MOST_STACKED), defaultStack(dataset)),
    order: address.order === 'frequent' ? 'frequent' : 'rare',
    cursor: address.cursor ?? '',
  }
}

export function writeView(view: View): Record<string, string | undefined> {
  const unless = (list: string[], fallback: string[]) => (list.join(',') === fallback.join(',') ? undefined : list.join(','))
  return {
    query: view.query || undefined,
    dataset: view.dataset === 'all' ? undefined : view.dataset,
    ...writeRange(view.range, DEFAULT_RANGE),
    mode: view.mode === 'list' ? undefined : view.mode,
    columns: unless(view.columns, defaultColumns(view.dataset)),
    facets: view.facets.length === 0 ? 'none' : unless(view.facets, defaultFacets(view.dataset)),
    rare: view.rare ? 'yes' : undefined,
    by: unless(view.by, defaultStack(view.dataset)),
    order: view.order === 'rare' ? undefined : view.order,
    cursor: view.cursor || undefined,
  }
}

/** Another data set has other fields: what was chosen of the old ones goes. */
export function ofDataset(dataset: Dataset): Partial<View> {
  return { dataset, columns: defaultColumns(dataset), facets: defaultFacets(dataset), by: defaultStack(dataset), cursor: '' }
}

export const questionOf = (view: Pick<View, 'query' | 'dataset' | 'range'>, nowMs: number): Question => ({
  query: view.query,
  dataset: view.dataset,
  ...boundsOf(view.range, nowMs),
})

/** The query narrowed by one more term. */
export function narrowed(query: string, term: string): string {
  const plain = query.trim()
  if (plain === '' || plain === '*') return term
  return /\bOR\b/i.test(plain) ? `(${plain}) AND ${term}` : `${plain} AND ${term}`
}

/** The term that holds where a field has this very value, or none. */
export function termOf(field: string, value: unknown, without = false): string {
  const term = value === null || value === undefined || value === '' ? `${field}: ${quoted('')}` : queryFor(field, value)
  return without ? `NOT ${term}` : term
}

/** A name moved before another one (or to the end). */
export function moved(list: string[], name: string, before: string | undefined): string[] {
  if (name === before || !list.includes(name)) return list
  const rest = list.filter((one) => one !== name)
  const at = before === undefined ? rest.length : rest.indexOf(before)
  return at === -1 ? list : [...rest.slice(0, at), name, ...rest.slice(at)]
}

/** A name moved by one place; at the ends it stays. */
export function shifted(list: string[], name: string, by: 1 | -1): string[] {
  const at = list.indexOf(name)
  const to = at + by
  if (at === -1 || to < 0 || to >= list.length) return list
  const next = [...list]
  next.splice(at, 1)
  next.splice(to, 0, name)
  return next
}
