/** What a person sees of the filters, all of it in the address bar, and what it asks of the server. Thinking only. */
import type { FilterListQuery } from '../../api/content'
import type { Severity } from '../../api/shapes'
import type { Order } from '../../components/DataTable'
import { LEVELS } from '../../components/Severity'
import type { Address } from '../../frame/address'
import { ORIGINS } from './view'

export const CLASSES = ['signature', 'indicator', 'behaviour', 'anomaly'] as const
export const CONFIDENCES = ['high', 'medium', 'low', 'unmeasured'] as const
export const ENABLED = ['true', 'false'] as const

export type View = {
  search: string
  risks: Severity[]
  origins: string[]
  classes: string[]
  confidences: string[]
  technique: string
  enabled: '' | 'true' | 'false'
  order: Order
  cursor: string
}

const DEFAULT_ORDER: Order = { by: 'risk', direction: 'desc' }
const ORDERS = ['risk', 'title', 'hits', 'updatedDateTime']

export function readView(address: Address): View {
  const list = (name: string, known: readonly string[]) => known.filter((one) => (address[name] ?? '').split(',').includes(one))
  const [by = '', direction = ''] = (address.order ?? '').split(' ')
  return {
    search: address.search ?? '',
    risks: LEVELS.filter((level) => (address.risk ?? '').split(',').includes(level)),
    origins: list('origin', ORIGINS),
    classes: list('class', CLASSES),
    confidences: list('confidence', CONFIDENCES),
    technique: address.technique ?? '',
    enabled: ENABLED.find((one) => one === address.enabled) ?? '',
    order: ORDERS.includes(by) ? { by, direction: direction === 'asc' ? 'asc' : 'desc' } : DEFAULT_ORDER,
    cursor: address.cursor ?? '',
  }
}

export function writeView(view: View): Record<string, string | undefined> {
  const order = `${view.order.by} ${view.order.direction}`
  return {
    search: view.search || undefined,
    risk: view.risks.join(',') || undefined,
    origin: view.origins.join(',') || undefined,
    class: view.classes.join(',') || undefined,
    confidence: view.confidences.join(',') || undefined,
    technique: view.technique || undefined,
    enabled: view.enabled || undefined,
    order: order === `${DEFAULT_ORDER.by} ${DEFAULT_ORDER.direction}` ? undefined : order,
    cursor: view.cursor || undefined,
  }
}

export function filterQueryOf(view: View): FilterListQuery {
  const { cursor: _, order, ...asked } = writeView(view)
  return { ...asked, orderBy: `${view.order.by} ${view.order.direction}`, top: 100 } as FilterListQuery
}
