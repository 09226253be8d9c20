/** What an entity page thinks: how the entity is searched for, what it is as an object of the menu, and its days. Thinking only. */
import type { EntityKind, EntityPage } from '../../api/entityShapes'
import { oneAccountQuery, quoted } from '../../api/queryText'
import type { MenuObject } from '../../components/ObjectMenu'

const FIELDS: Record<Exclude<EntityKind, 'user' | 'file' | 'domain'>, string[]> = {
  endpoint: ['endpointHostName'],
  address: ['src', 'dst', 'objectIp', 'objectIps', 'eventDataIpAddress'],
  process: ['processName', 'objectName'],
}
const HASHES: Record<number, string> = { 32: 'FileHashMd5', 40: 'FileHashSha1', 64: 'FileHashSha256' }
const HASHED = ['process', 'parent', 'object']

const PATHS = ['processFilePath', 'objectFilePath']

const isPath = (value: string) => /[\\/]/.test(value)
const isGuid = (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
const isHash = (value: string) => /^[0-9a-f]+$/i.test(value) && value.length in HASHES

/** The query that finds what the entity did and what was done with it. */
export function entityQueryText(kind: EntityKind, value: string): string {
  if (kind === 'user') return oneAccountQuery(value)
  if (kind === 'domain') return domainQuery(value.replace(/\.$/, ''))
  return fieldsOf(kind, value).map((field) => `${field}: ${quoted(value)}`).join(' OR ')
}

/** A name that was looked up, and the machine of an address that was asked for. */
function domainQuery(name: string): string {
  const looked = `hostName: ${quoted(name)}`
  if (!/^[\w.-]+$/.test(name)) return looked
  return [looked, ...['', '/*', ':*'].map((rest) => `request: *://${name}${rest}`)].join(' OR ')
}

/** The fields in which the value can stand. */
function fieldsOf(kind: Exclude<EntityKind, 'user' | 'domain'>, value: string): string[] {
  if (kind === 'file' && isHash(value)) return HASHED.map((whose) => `${whose}${HASHES[value.length]}`).filter((field) => field !== 'parentFileHashMd5')
  if (kind === 'endpoint' && isGuid(value)) return ['endpointGuid']
  return kind === 'file' || (kind === 'process' && isPath(value)) ? PATHS : FIELDS[kind]
}

const TYPES: Record<EntityKind, MenuObject['type']> = { endpoint: 'host', user: 'account', file: 'file', address: 'address', domain: 'domain', process: 'process' }

/** The entity as an object of the context menu. It stands in no field, but for a host and a path there is one that fits. */
export function objectOfEntity(kind: EntityKind, value: string): MenuObject {
  const type = kind === 'file' && isHash(value) ? 'hash' : TYPES[kind]
  const field = kind === 'endpoint' ? 'endpointHostName' : kind === 'process' && isPath(value) ? 'processFilePath' : kind === 'domain' ? 'hostName' : ''
  return { type, field, value }
}

const MOST_DAYS = 400

/** So many days up to the last one told, those without anything too. `day`: 2026-11-22, in UTC. */
export function everyDay(days: EntityPage['days'], wished: number): EntityPage['days'] {
  const told = new Map(days.map((one) => [one.day, one.count]))
  const last = Math.max(...[...told.keys()].map((day) => Date.parse(`${day}T00:00:00Z`)).filter(Number.isFinite))
  if (!Number.isFinite(last)) return []
  const count = Math.min(MOST_DAYS, wished)
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(last - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10)
    return { day, count: told.get(day) ?? 0 }
  })
}

const FACT_TYPES: Record<string, MenuObject['type']> = {
  users: 'account', sha256: 'hash', sha1: 'hash', md5: 'hash', paths: 'file', addresses: 'address', hostNames: 'domain', creators: 'process',
}

/** One value of a fact as an object of the menu: it stands in no field. */
export const objectOfFact = (fact: string, value: string): MenuObject => ({ type: FACT_TYPES[fact] ?? 'value', field: '', value })
