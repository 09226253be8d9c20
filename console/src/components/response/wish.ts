/** What an object on the screen means to the response actions: which kind it is, on which host, and what is known of it. Thinking only. */
import type { ActionObject, BlockType, EndpointRow, ParameterShape, ResponseAction, TargetKind } from '../../api/responseShapes'
import type { MenuObject, ObjectPlace } from '../ObjectMenu'

export type Host = { guid?: string | undefined; name?: string | undefined }
/** `given`: parameters that the object itself answers, by the names the actions use. */
export type Wish = { objectType: ActionObject; hosts: Host[]; given: Record<string, unknown> }

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*)(?:\/\d{1,3})?$/i
const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i
const MAIL = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/
const DOMAIN = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}\.?$/i

/** The kind of block list entry a value looks like; null when it looks like none. */
export function blockTypeOf(text: string): BlockType | null {
  const value = text.trim()
  if (/^[0-9a-f]{40}$/i.test(value)) return 'fileSha1'
  if (/^[0-9a-f]{64}$/i.test(value)) return 'fileSha256'
  if (URL_TEXT.test(value)) return 'url'
  if (MAIL.test(value)) return 'senderMailAddress'
  if (IP.test(value)) return isAddress(value) ? 'ip' : null
  return DOMAIN.test(value) ? 'domain' : null
}

function isAddress(text: string): boolean {
  const [address = '', size] = text.split('/')
  const isFour = !address.includes(':')
  if (size !== undefined && Number(size) > (isFour ? 32 : 128)) return false
  return !isFour || address.split('.').every((part) => Number(part) <= 255)
}

const OBJECT_OF: Record<BlockType, ActionObject> = { fileSha1: 'hash', fileSha256: 'hash', url: 'url', senderMailAddress: 'mail', ip: 'ip', domain: 'domain' }

export const baseName = (path: string) => path.split(/[\\/]/).at(-1) ?? path

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** The host of an impact scope; only a host with our sensor is known by more than its name. */
export const entityHost = ({ id, name }: { id: string; name: string }): Host => (GUID.test(id) ? { guid: id, name } : { name })

/** A host that is only called by its name is the one of that name among those at hand: elsewhere another may have it too. */
function identified(host: Host, atHand: Host[]): Host {
  if (host.guid) return host
  const [same, another] = [...new Set(atHand.filter((one) => one.guid && one.name === host.name).map((one) => one.guid))]
  return same && !another ? { guid: same, name: host.name } : host
}

/** Null: nothing can be done to it. */
export function wishOf(object: MenuObject, place: Pick<ObjectPlace, 'endpoint' | 'hosts'>): Wish | null {
  const { about } = object
  const full = (host: Host) => identified(host, [...(place.endpoint ? [place.endpoint] : []), ...(place.hosts ?? [])])
  const here: Host[] = about?.guid || about?.name ? [full({ guid: about.guid, name: about.name })] : place.endpoint ? [full(place.endpoint)] : (place.hosts ?? [])
  const wish = (objectType: ActionObject, given: Record<string, unknown>, hosts = here): Wish => ({ objectType, hosts, given })
  if (object.type === 'host') return wish('host', {}, [object.field === 'endpointGuid' ? { guid: object.value } : full({ guid: about?.guid, name: object.value })])
  if (object.type === 'account') return wish('account', { user: object.value })
  if (object.type === 'process') return wish('process', { ...known(object), path: object.value, name: baseName(object.value) })
  if (object.type === 'file' || object.type === 'script') return object.value.includes('/') || object.value.includes('\\') ? wish('file', { ...known(object), path: object.value, name: baseName(object.value) }) : null
  if (!['hash', 'address', 'domain', 'value'].includes(object.type)) return null
  const type = blockTypeOf(object.value)
  return type ? wish(OBJECT_OF[type], { type, value: object.value.trim(), ...hashOf(type, object.value.trim()) }) : null
}

function hashOf(type: BlockType, value: string): Record<string, unknown> {
  return type === 'fileSha1' ? { sha1: value } : type === 'fileSha256' ? { sha256: value } : {}
}

function known({ about }: MenuObject): Record<string, unknown> {
  if (!about) return {}
  const { pid, startedMs, sha1, sha256 } = about
  const identity = pid !== undefined && startedMs !== undefined ? { pid, started_ms: startedMs } : {}
  const hash = sha256 ? { type: 'fileSha256', value: sha256, sha256 } : sha1 ? { type: 'fileSha1', value: sha1, sha1 } : {}
  return { ...identity, ...hash }
}

/** Names of parameters are compared without regard to the way they are written. */
const plain = (name: string) => name.replaceAll('_', '').toLowerCase()

// One way to say which process: its identity, else its hash, else its path.
const WAYS: Record<string, string[][]> = { terminate_process: [['pid', 'started_ms'], ['sha256'], ['sha1'], ['path']] }

/** The parameters of an action that the object answers; what the action does not ask for is left out. */
export function answered(action: Pick<ResponseAction, 'name' | 'parameters'>, given: Record<string, unknown>): Record<string, unknown> {
  const ways = WAYS[action.name]
  const chosen = ways?.find((way) => way.every((name) => given[name] !== undefined))
  const passed = (name: string) => !ways || !chosen || chosen.includes(name) || !ways.flat().includes(name)
  const entries = Object.entries(given).filter(([name]) => passed(name))
  return Object.fromEntries(
    action.parameters.flatMap(({ name }) => {
      const found = entries.find(([one]) => plain(one) === plain(name))
      return found && found[1] !== undefined && found[1] !== '' ? [[name, found[1]]] : []
    }),
  )
}

type Choice = [name: string, value: string]

// Parameters that hang on another's choice: only asked with it, or needed with it.
const HANGING: Record<string, Record<string, { only?: Choice; needed?: Choice }>> = {
  scan: { paths: { only: ['kind', 'paths'], needed: ['kind', 'paths'] } },
  run_yara: { path: { needed: ['target', 'file'] }, name: { only: ['target', 'process'] } },
}

// What says which account or message is meant is chosen with the target, once.
const NAMING: Partial<Record<TargetKind, string[]>> = { account: ['user'], message: ['message_id', 'attachment_sha256', 'unique_id'] }

/** The parameters that name the target, from the target itself (an account) or from what was acted upon (a message). */
export function named(action: Pick<ResponseAction, 'kind' | 'parameters'>, given: Record<string, unknown>): Record<string, unknown> {
  const names = (NAMING[action.kind] ?? []).filter((name) => given[name] && action.parameters.some((shape) => shape.name === name))
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}

/** An account without its domain: the place says where it lives. */
export function bareUser(user: string): string {
  return (user.trim().split('\\').at(-1) ?? '').split('@')[0] ?? ''
}

/** What an action asks for, after what has been chosen so far. */
export function asked(action: Pick<ResponseAction, 'name' | 'kind' | 'parameters'>, values: Record<string, unknown>): ParameterShape[] {
  const naming = NAMING[action.kind] ?? []
  const holds = (choice: Choice | undefined) => choice !== undefined && values[choice[0]] === choice[1]
  return action.parameters.filter((shape) => !naming.includes(shape.name)).flatMap((shape) => {
    const { only, needed } = HANGING[action.name]?.[shape.name] ?? {}
    return only && !holds(only) ? [] : [{ ...shape, required: shape.required || holds(needed) }]
  })
}

/** Values without those that are not asked for any more. */
export function kept(shapes: readonly ParameterShape[], values: Record<string, unknown>): Record<string, unknown> {
  const names = new Set(shapes.map((shape) => shape.name))
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)))
}

const ORDER = ['contain', 'investigate', 'eradicate', 'recover']

/** Contain first, then look, then clean up, then take back. */
export function ordered(actions: ResponseAction[]): ResponseAction[] {
  return [...actions].sort((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase))
}

/** "Isolate endpoint" as a title: "Isolate Endpoint". */
export const headline = (english: string) => english.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

/** The places of an action's sentence filled in; what is not known yet is told by `unknown`. */
export function filled(text: string, values: Record<string, unknown>, unknown: string): string {
  return text.replaceAll(/{(\w+)}/g, (_, name: string) => String(values[name] ?? unknown))
}

/** The host of an activity, as its fields name it. */
export function hostOf(fields: Record<string, unknown>): Host | undefined {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const guid = text(fields.endpointGuid)
  const name = text(fields.endpointHostName)
  return guid || name ? { guid, name } : undefined
}

/** Endpoints to choose from; where two have one name, their addresses tell them apart. */
export function endpointOptions(rows: Pick<EndpointRow, 'guid' | 'name' | 'ips'>[]): { value: string; label: string }[] {
  const count = (name: string) => rows.filter((row) => row.name === name).length
  return rows.map((row) => ({ value: row.guid, label: count(row.name) > 1 ? `${row.name} (${row.ips[0] ?? row.guid.slice(0, 8)})` : row.name }))
}

/** The names of hosts on whose system the action was never run. */
export function untestedOn(endpoints: Pick<EndpointRow, 'name' | 'untested'>[], action: string): string[] {
  return endpoints.filter((one) => one.untested?.includes(action)).map((one) => one.name)
}
