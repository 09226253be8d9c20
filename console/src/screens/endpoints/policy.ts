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
  block_mounts?: string[]
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

/** Where the start of a file is held against the block list: the sensor's own choice, nowhere, or on these mount points. */
export const MOUNT_CHOICES = ['auto', 'none', 'own'] as const
export type MountsDraft = { choice: (typeof MOUNT_CHOICES)[number]; text: string }
const MOST_MOUNTS = 64 // wire/policy.py

export function mountsOf({ block_mounts: mounts = ['auto'] }: PolicyDraft): MountsDraft {
  if (mounts.length === 0) return { choice: 'none', text: '' }
  return mounts.join() === 'auto' ? { choice: 'auto', text: '' } : { choice: 'own', text: mounts.join('\n') }
}

/** One mount point a line, each once; "auto" in a line of its own adds the sensor's choice to them. */
export function readMounts({ choice, text }: MountsDraft): string[] {
  if (choice === 'own') return [...new Set(linesIn(text).map((line) => line.replace(/(.)\/+$/, '$1')))]
  return choice === 'auto' ? ['auto'] : []
}

export type MountsProblem = { problem: 'empty' | 'many' | 'relative'; line: string }

/** What keeps a list from being saved; null when it holds. */
export function problemOf(draft: MountsDraft): MountsProblem | null {
  if (draft.choice !== 'own') return null
  const mounts = readMounts(draft)
  if (mounts.length === 0) return { problem: 'empty', line: '' }
  if (mounts.length > MOST_MOUNTS) return { problem: 'many', line: String(mounts.length) }
  const wrong = mounts.find((one) => one !== 'auto' && (!one.startsWith('/') || one.split('/').includes('..')))
  return wrong === undefined ? null : { problem: 'relative', line: wrong }
}
