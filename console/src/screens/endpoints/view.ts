/** Which endpoints are shown, as the address bar says. Thinking only. */
import type { EndpointQuery } from '../../api/endpoints'
import type { Endpoint, EndpointRow } from '../../api/responseShapes'
import type { Order } from '../../components/DataTable'
import type { Address } from '../../frame/address'

const ORDERS = ['name', 'type', 'lastSeen', 'connected', 'isolation', 'group']

export function readOrder(address: Address): Order {
  const [by = '', direction] = (address.order ?? '').split(' ')
  return ORDERS.includes(by) ? { by, direction: direction === 'desc' ? 'desc' : 'asc' } : { by: 'name', direction: 'asc' }
}

export function endpointQueryOf(address: Address): EndpointQuery {
  const order = readOrder(address)
  const yes = (text: string | undefined) => (text === 'true' || text === 'false' ? text : '')
  return {
    search: address.search ?? '',
    type: address.type ?? '',
    os: address.os ?? '',
    connected: yes(address.connected),
    isolated: yes(address.isolated),
    orderBy: `${order.by} ${order.direction}`,
  }
}

/** How its collectors do, at a glance: none, some or all of those needed at work. */
export function healthOf({ collectors }: Pick<EndpointRow, 'collectors'>): 'none' | 'some' | 'all' | 'unknown' {
  const states = Object.values(collectors).filter((one) => !one.spare)
  if (states.length === 0) return 'unknown'
  const active = states.filter((one) => one.active).length
  return active === 0 ? 'none' : active === states.length ? 'all' : 'some'
}

/** Software whose name or version holds the words. */
export function softwareOf(endpoint: Pick<Endpoint, 'software'>, words: string): Endpoint['software'] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return endpoint.software.filter((one) => wanted.every((word) => `${one.name} ${one.version}`.toLowerCase().includes(word)))
}
