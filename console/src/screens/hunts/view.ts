/** What Hunts thinks: which tab, what a saved query looks like in Search, how often a watch looks. Thinking only. */
import type { HuntRun, SavedQuery, SavedQueryWish, Watch } from '../../api/huntShapes'
import type { Address } from '../../frame/address'
import { readView, writeView, type View } from '../search/view'

export const TABS = ['today', 'queries', 'checkpoints', 'runs'] as const
export type Tab = (typeof TABS)[number]

export const tabOf = (address: Address): Tab => TABS.find((one) => one === address.tab) ?? 'today'

/** The address of Search that asks a saved query. */
export function searchOf(saved: Pick<SavedQuery, 'query' | 'dataset'>, more: Partial<View> = {}): Record<string, string> {
  const written = writeView({ ...readView({ dataset: saved.dataset }), query: saved.query, ...more })
  return Object.fromEntries(Object.entries(written).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** Minutes between two looks that are offered; any other is shown as it is. */
export const EVERY_MINUTES = [15, 60, 240, 720, 1440, 10_080]

/** A watch to begin with: once a day, over the day before. */
export const FIRST_WATCH = { everyMinutes: 1440, lookbackMinutes: 1440, isActive: true }

/** What a watch leaves out: it looks back less far than it waits. */
export const hasGap = (watch: Pick<Watch, 'everyMinutes' | 'lookbackMinutes'>) => watch.lookbackMinutes < watch.everyMinutes

/** T1003, T1003.002 and T1003-002, as they stand in a text, each once. */
export function techniquesIn(text: string): string[] {
  const found = text.toUpperCase().match(/\bT\d{4}(?:[.-]\d{3})?\b/g) ?? []
  return [...new Set(found.map((id) => id.replace('-', '.')))]
}

/** An id for a filter made of a name: small letters, digits and underscores. */
export function filterIdOf(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return `hunt_${plain || 'query'}`.slice(0, 64)
}

export const blankQuery = (query = '', dataset: SavedQueryWish['dataset'] = 'all'): SavedQueryWish => ({ name: '', description: '', query, dataset, techniques: [] })

export const percentDone = (run: Pick<HuntRun, 'done' | 'all' | 'state'>) => (run.state === 'done' ? 100 : run.all > 0 ? Math.round((100 * run.done) / run.all) : 0)
