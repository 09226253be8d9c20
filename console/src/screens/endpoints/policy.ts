/** A sensor's policy as the form shows it: places and exclusions as lines of text. Thinking only. */
export const KINDS = ['process', 'file', 'network', 'dns', 'login', 'module'] as const
export const NUMBERS = ['hash_limit_mb', 'rate_per_s', 'spool_mb', 'heartbeat_s', 'facts_every_s'] as const
const FILE_EVENTS = ['create', 'rename', 'delete', 'write']

type Place = { path: string; recursive?: boolean; events?: string[] }
type Exclusion = { field: string; value: string; kind?: string }
export type PolicyDraft = {
  version?: number
  watch?: string[]
  places?: Place[]
  exclusions?: Exclusion[]
  hash_files?: boolean
  [more: string]: unknown
} & Partial<Record<(typeof NUMBERS)[number], number>>

export const linesOf = {
  places: ({ places = [] }: PolicyDraft) => places.map((one) => (one.recursive === false ? `${one.path} -` : one.path)).join('\n'),
  exclusions: ({ exclusions = [] }: PolicyDraft) => exclusions.map((one) => `${one.kind ? `${one.kind}.` : ''}${one.field} = ${one.value}`).join('\n'),
}

const linesIn = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean)

export const readLines = {
  /** One folder a line; " -" behind it: without those inside it. What was told of a place before stays. */
  places(text: string, { places = [] }: PolicyDraft): Place[] {
    return linesIn(text).map((line) => {
      const alone = line.endsWith(' -')
      const path = alone ? line.slice(0, -2).trim() : line
      const before = places.find((one) => one.path === path)
      return { path, recursive: !alone, events: before?.events ?? FILE_EVENTS }
    })
  },
  /** "field = value", or "kind.field = value" where only activities of one kind are meant. */
  exclusions(text: string): Exclusion[] {
    return linesIn(text).map((line) => {
      const at = line.indexOf('=')
      const name = (at < 0 ? line : line.slice(0, at)).trim()
      const [first = '', second] = name.split('.')
      return { field: second ?? first, kind: second === undefined ? '' : first, value: at < 0 ? '' : line.slice(at + 1).trim() }
    })
  },
}
