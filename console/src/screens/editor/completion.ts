/** What may stand at a place of a filter, a model or a query. Thinking only: the editor shows it, the server judges it. */
import type { Completion, ContentKind } from '../../api/contentShapes'
import type { Place } from './place'

export type Option = { label: string; detail?: string; apply?: string }
/** `from`: the column (from 0) where what was typed begins. */
export type Options = { from: number; options: Option[] }
type Words = (text: { en: string; ja: string }) => string

const TOP: Record<ContentKind, string[]> = {
  filter: ['title', 'id', 'status', 'description', 'author', 'date', 'modified', 'references', 'tags', 'logsource', 'detection', 'falsepositives', 'level', 'hinomi', 'tests'],
  model: ['name', 'severity', 'description', 'products', 'suppress', 'rules', 'ja', 'tests'],
}
const KEYS: Record<string, string[]> = {
  'filter logsource': ['product', 'category', 'service'],
  'filter hinomi': ['class', 'highlights', 'ja'],
  'filter hinomi ja': ['title', 'description', 'falsepositives'],
  'filter tests': ['fires', 'silent'],
  'model rules': ['id', 'name', 'type', 'filters', 'stages', 'group_by', 'window', 'threshold', 'distinct'],
  'model ja': ['name', 'description', 'rules'],
  'model tests': ['fires', 'silent'],
  'model tests fires': ['records'],
  'model tests silent': ['records'],
}
const VALUES: Record<string, string[]> = {
  'filter status': ['stable', 'test', 'experimental'],
  'filter level': ['informational', 'low', 'medium', 'high', 'critical'],
  'filter hinomi class': ['signature', 'indicator', 'behaviour', 'anomaly'],
  'model severity': ['critical', 'high', 'medium', 'low'],
  'model suppress': ['1h', '6h', '24h', '7d'],
  'model rules type': ['single', 'count', 'sequence', 'stages', 'variety'],
  'model rules window': ['5m', '10m', '1h', '24h'],
}
/** Keys whose value goes on in the lines below. */
const OPENS = new Set(['references', 'tags', 'logsource', 'detection', 'falsepositives', 'hinomi', 'tests', 'ja', 'rules', 'fires', 'silent', 'records'])

/** Completion at a place of a YAML text; `selections` are the names the condition may join. */
export function optionsAt(kind: ContentKind, place: Place, known: Completion, selections: string[], words: Words): Options | null {
  const route = [kind, ...place.path].join(' ')
  const options = place.due === 'key' ? keyOptions(route, place, known, words) : valueOptions(`${route} ${place.key}`, known, selections, words)
  if (options.length === 0) return null
  const bar = place.due === 'key' ? place.typed.lastIndexOf('|') : -1
  return { from: place.from + bar + 1, options }
}

function keyOptions(route: string, place: Place, known: Completion, words: Words): Option[] {
  const fixed = route === 'filter' || route === 'model' ? TOP[route] : KEYS[route]
  if (fixed) return fixed.filter((key) => !place.taken.includes(key)).map((key) => ({ label: key, apply: OPENS.has(key) ? `${key}:` : `${key}: ` }))
  if (/^filter detection \S+$/.test(route)) return place.typed.includes('|') ? modifiers(known, words) : fields(known)
  if (/^filter detection$/.test(route)) return place.taken.includes('condition') ? [] : [{ label: 'condition', apply: 'condition: ' }]
  if (/^(filter tests (fires|silent)|model tests (fires|silent) records)$/.test(route)) return [...RECORD, ...fields(known)]
  return []
}

const RECORD: Option[] = ['EventID', 'Channel', 'Provider', 'Computer'].map((label) => ({ label, apply: `${label}: ` }))

/** Names of Sigma with ours beside them, then our own names. */
function fields(known: Completion): Option[] {
  const sigma = known.fields.flatMap((field) => field.sigma.map((label) => ({ label, detail: field.name })))
  const own = known.fields.map((field) => ({ label: field.name, detail: field.type }))
  const seen = new Set<string>()
  return [...sigma, ...own].filter((one) => !seen.has(one.label) && Boolean(seen.add(one.label)))
}

const modifiers = (known: Completion, words: Words): Option[] => known.modifiers.map((one) => ({ label: one.name, detail: words(one.text) }))

function valueOptions(route: string, known: Completion, selections: string[], words: Words): Option[] {
  const fixed = VALUES[route]
  if (fixed) return fixed.map((label) => ({ label }))
  const source = /^filter logsource (product|category|service)$/.exec(route)
  if (source) return logsources(known, source[1] as 'product' | 'category' | 'service', words)
  if (route === 'filter detection condition') return condition(selections)
  if (route === 'filter tags') return known.techniques.map((one) => ({ label: `attack.${one.id.toLowerCase()}`, detail: one.name }))
  if (route === 'model rules filters') return known.filters.map((one) => ({ label: one.id, detail: words(one.title) }))
  if (route === 'filter hinomi highlights' || route === 'model rules group_by' || route === 'model rules distinct') return known.fields.map((one) => ({ label: one.name, detail: one.type }))
  if (route === 'model products') return []
  return []
}

function logsources(known: Completion, part: 'product' | 'category' | 'service', words: Words): Option[] {
  const found = new Map<string, string>()
  for (const one of known.logsources) if (one[part] && !found.has(one[part])) found.set(one[part], words(one.label))
  return [...found].map(([label, detail]) => ({ label, detail }))
}

function condition(selections: string[]): Option[] {
  const words = ['and', 'or', 'not', '1 of', 'all of', '1 of them', 'all of them']
  return [...selections.map((label) => ({ label, detail: '' })), ...words.map((label) => ({ label }))]
}

/** The names of the selections of a filter's text. */
export function selectionsOf(lines: string[]): string[] {
  const start = lines.findIndex((line) => /^detection:\s*$/.test(line))
  if (start === -1) return []
  const names: string[] = []
  let indent = 0
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line) && !line.startsWith('#')) break
    const found = /^(\s+)([\w-]+):/.exec(line)
    if (!found) continue
    const depth = (found[1] as string).length
    indent = indent || depth
    if (depth === indent && found[2] !== 'condition') names.push(found[2] as string)
  }
  return names
}

/** Completion of a query of the Search language: names of fields where a term begins, and the words that join terms. */
export function queryOptions(before: string, known: Completion): Options | null {
  const word = /(?:^|[\s(])(\w*)$/.exec(before)?.[1]
  if (word === undefined || /[:<>=]\s*\w*$/.test(before) || (before.match(/"/g)?.length ?? 0) % 2 === 1) return null
  const joins = before.trim() === word ? ['not'] : ['and', 'or', 'not']
  const options = [...known.fields.map((one) => ({ label: one.name, detail: one.type, apply: `${one.name}: ` })), ...joins.map((label) => ({ label, apply: `${label} ` }))]
  return { from: before.length - word.length, options }
}
