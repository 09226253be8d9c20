/** What a person sees of the models, all of it in the address bar; and the choice of models made from it. Thinking only. */
import type { ModelRow } from '../../api/contentShapes'
import type { Severity, Text } from '../../api/shapes'
import type { Order } from '../../components/DataTable'
import { LEVELS } from '../../components/Severity'
import type { Address } from '../../frame/address'

export const ORIGINS = ['shipped', 'sigma', 'custom'] as const
export const STATES = ['on', 'off', 'unavailable', 'red', 'edited', 'conflict'] as const
export type State = (typeof STATES)[number]
export const ORDERS = ['severity', 'name', 'alerts', 'precision', 'updated', 'enabled'] as const

export type View = { search: string; severities: Severity[]; origins: string[]; states: State[]; order: Order; cursor: string }

const DEFAULT_ORDER: Order = { by: 'severity', direction: 'desc' }

export function readView(address: Address): View {
  const list = (name: string) => (address[name] ?? '').split(',')
  const [by = '', direction = ''] = (address.order ?? '').split(' ')
  return {
    search: address.search ?? '',
    severities: LEVELS.filter((level) => list('severity').includes(level)),
    origins: ORIGINS.filter((origin) => list('origin').includes(origin)),
    states: STATES.filter((state) => list('state').includes(state)),
    order: ORDERS.some((one) => one === by) ? { by, direction: direction === 'asc' ? 'asc' : 'desc' } : DEFAULT_ORDER,
    cursor: address.cursor ?? '',
  }
}

export function writeView(view: View): Record<string, string | undefined> {
  const order = `${view.order.by} ${view.order.direction}`
  return {
    search: view.search || undefined,
    severity: view.severities.join(',') || undefined,
    origin: view.origins.join(',') || undefined,
    state: view.states.join(',') || undefined,
    order: order === `${DEFAULT_ORDER.by} ${DEFAULT_ORDER.direction}` ? undefined : order,
    cursor: view.cursor || undefined,
  }
}

const HOLDS: Record<State, (model: ModelRow) => boolean> = {
  on: (model) => model.enabled,
  off: (model) => !model.enabled,
  unavailable: (model) => model.unavailable !== null,
  red: (model) => model.proof.state === 'red',
  edited: (model) => model.edited,
  conflict: (model) => model.conflict,
}

/** The models that fit, in order. Several states mean one of them; every word of the search must stand somewhere. */
export function chosenModels(models: ModelRow[], view: View, text: (text: Text) => string): ModelRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (model: ModelRow) => {
    const hay = haystack(model)
    return (
      (view.severities.length === 0 || view.severities.includes(model.severity)) &&
      (view.origins.length === 0 || view.origins.includes(model.origin)) &&
      (view.states.length === 0 || view.states.some((state) => HOLDS[state](model))) &&
      words.every((word) => hay.includes(word))
    )
  }
  const sign = view.order.direction === 'asc' ? 1 : -1
  const name = (model: ModelRow) => text(model.name)
  return models.filter(fits).sort((a, b) => sign * compare(valueOf(a, view.order.by, name), valueOf(b, view.order.by, name)) || name(a).localeCompare(name(b)))
}

function haystack(model: ModelRow): string {
  const needs = model.needs.flatMap((need) => [need.id, need.name.en, need.name.ja])
  return [model.id, model.name.en, model.name.ja, ...needs, ...model.techniques.map((one) => `${one.id} ${one.name}`)].join(' ').toLowerCase()
}

function valueOf(model: ModelRow, by: string, name: (model: ModelRow) => string): string | number {
  if (by === 'severity') return -LEVELS.indexOf(model.severity)
  if (by === 'alerts') return model.funnel.alerts
  if (by === 'precision') return model.precision.ratio ?? -1
  if (by === 'updated') return model.updatedDateTime ?? ''
  return by === 'enabled' ? Number(model.enabled) : name(model)
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
}
