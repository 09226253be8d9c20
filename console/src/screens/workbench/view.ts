import type { AlertListQuery } from '../../api/workbench'
import type { AlertStatus, Severity } from '../../api/shapes'
import type { Order } from '../../components/DataTable'
import { STATUSES } from '../../components/Status'
import { LEVELS } from '../../components/Severity'
import type { Address } from '../../frame/address'

/** What a person sees of the Workbench list, all of it in the address bar. */
export type View = {
  tab: 'alerts' | 'incidents'
  statuses: AlertStatus[]
  created: Created
  model: string
  severities: Severity[]
  search: string
  order: Order
  /** Rows of one model or one endpoint stand together. */
  group: Group
  /** The row under the cursor; its flyout is open when `flyout` is. */
  cursor: string
  flyout: boolean
}

export const CREATED = ['24h', '7d', '30d', 'all'] as const
export type Created = (typeof CREATED)[number]

export const GROUPS = ['none', 'model', 'endpoint'] as const
export type Group = (typeof GROUPS)[number]

export const ORDERS: Record<View['tab'], readonly string[]> = {
  alerts: ['score', 'status', 'severity', 'createdDateTime', 'firstEventDateTime', 'model', 'id', 'owner'],
  incidents: ['score', 'updatedDateTime', 'createdDateTime', 'alertCount'],
}

export const DEFAULTS: View = {
  tab: 'alerts',
  statuses: ['Open', 'In Progress'],
  created: '24h',
  model: '',
  severities: [],
  search: '',
  order: { by: 'score', direction: 'desc' },
  group: 'none',
  cursor: '',
  flyout: false,
}

/** Reads an address; what it does not understand falls back to the default. */
export function readView(address: Address): View {
  const tab = address.tab === 'incidents' ? 'incidents' : 'alerts'
  const created = CREATED.find((one) => one === address.created) ?? DEFAULTS.created
  return {
    tab,
    statuses: readStatuses(address.status),
    created,
    model: address.model ?? '',
    severities: LEVELS.filter((level) => (address.severity ?? '').split(',').includes(level)),
    search: address.search ?? '',
    order: readOrder(address.order, ORDERS[tab]),
    group: GROUPS.find((one) => one === address.group) ?? 'none',
    cursor: address.cursor ?? '',
    flyout: address.flyout === '1' && Boolean(address.cursor),
  }
}

function readStatuses(text: string | undefined): AlertStatus[] {
  if (text === 'all') return [...STATUSES]
  const found = STATUSES.filter((status) => (text ?? '').split(',').includes(status))
  return found.length > 0 ? found : DEFAULTS.statuses
}

function readOrder(text: string | undefined, allowed: readonly string[]): Order {
  const [by = '', direction] = (text ?? '').split(' ')
  if (!allowed.includes(by)) return DEFAULTS.order
  return { by, direction: direction === 'asc' ? 'asc' : 'desc' }
}

/** The address of a view; defaults are left out, so that the plain address is the default view. */
export function writeView(view: View): Record<string, string | undefined> {
  const order = `${view.order.by} ${view.order.direction}`
  return {
    tab: view.tab === 'incidents' ? 'incidents' : undefined,
    status: statusText(view.statuses),
    created: view.created === DEFAULTS.created ? undefined : view.created,
    model: view.model || undefined,
    severity: view.severities.join(',') || undefined,
    search: view.search || undefined,
    order: order === 'score desc' ? undefined : order,
    group: view.group === 'none' ? undefined : view.group,
    cursor: view.cursor || undefined,
    flyout: view.flyout && view.cursor ? '1' : undefined,
  }
}

function statusText(statuses: AlertStatus[]): string | undefined {
  if (statuses.length === STATUSES.length) return 'all'
  const text = statuses.join(',')
  return text === DEFAULTS.statuses.join(',') ? undefined : text
}

/** What the view asks of the server. */
export function alertQueryOf(view: View): AlertListQuery {
  return {
    status: view.statuses.length === STATUSES.length ? '' : view.statuses.join(','),
    created: view.created,
    model: view.model,
    severity: view.severities.join(','),
    search: view.search,
    orderBy: `${view.order.by} ${view.order.direction}`,
    top: 50,
  }
}
