import { describe, expect, it } from 'vitest'
import type { ModelRow } from '../../api/contentShapes'
import { readAddress, writeAddress } from '../../frame/address'
import * as filters from './filterView'
import { lengths, share } from './funnelShape'
import { chosenModels, readView, writeView, type View } from './view'

const both = (text: string) => ({ en: text, ja: text })
const MODEL: ModelRow = {
  id: 'dumping', name: both('Credential Dumping'), description: both(''), severity: 'high', defaultSeverity: 'high', products: ['windows_sysmon'], available: true, unavailable: null,
  needs: [{ id: 'windows_sysmon', name: both('Windows Sysmon'), seen: true }], techniques: [{ id: 'T1003', name: 'OS Credential Dumping' }], rules: [], alertCount: 0, enabled: true,
  origin: 'shipped', edited: false, conflict: false, proof: { state: 'green', failures: [] }, updatedDateTime: null, updatedBy: null,
  funnel: { filterHits: 0, ruleHits: 0, alerts: 0 }, precision: { closed: 0, truePositives: 0, falsePositives: 0, ratio: null },
}
const MODELS: ModelRow[] = [
  MODEL,
  { ...MODEL, id: 'b', name: both('B'), severity: 'critical', enabled: false, unavailable: both('not available: needs AWS CloudTrail'), precision: { closed: 2, truePositives: 1, falsePositives: 1, ratio: 0.5 } },
  { ...MODEL, id: 'c', name: both('C'), severity: 'low', origin: 'custom', edited: true, funnel: { filterHits: 9, ruleHits: 3, alerts: 2 } },
]
const DEFAULT = readView({})
const ids = (changes: Partial<View>) => chosenModels(MODELS, { ...DEFAULT, ...changes }, (text) => text.en).map((model) => model.id)

describe('the address of the models', () => {
  it.each<Partial<View>>([
    { severities: ['critical', 'low'], search: 'T1003 & "x"' },
    { origins: ['sigma'], states: ['off', 'unavailable'], cursor: 'a' },
    { order: { by: 'precision', direction: 'asc' } },
  ])('brings back %o', (changes) => {
    const view = { ...DEFAULT, ...changes }
    expect(readView(readAddress(writeAddress(writeView(view))))).toEqual(view)
  })

  it('is empty for the default, and falls back to it', () => {
    expect(writeAddress(writeView(DEFAULT))).toBe('')
    expect(readView({ severity: 'purple', origin: 'x', state: 'y', order: 'password asc' })).toEqual(DEFAULT)
  })
})

describe('the choice of models', () => {
  it('begins with the gravest', () => expect(ids({})).toEqual(['b', 'dumping', 'c']))

  it('narrows by state, any of several', () => {
    expect(ids({ states: ['unavailable'] })).toEqual(['b'])
    expect(ids({ states: ['edited', 'off'] })).toEqual(['b', 'c'])
    expect(ids({ states: ['red'] })).toEqual([])
  })

  it('finds by name, technique and data source', () => {
    expect(ids({ search: 't1003 credential' })).toEqual(['b', 'dumping', 'c'])
    expect(ids({ search: 'dumping sysmon', origins: ['custom'] })).toEqual(['c'])
    expect(ids({ search: 'nothing' })).toEqual([])
  })

  it('orders by alerts, precision and name', () => {
    expect(ids({ order: { by: 'alerts', direction: 'desc' } })[0]).toBe('c')
    expect(ids({ order: { by: 'precision', direction: 'desc' } })[0]).toBe('b')
    expect(ids({ order: { by: 'name', direction: 'asc' } })).toEqual(['b', 'c', 'dumping'])
  })
})

describe('the address of the filters', () => {
  it('comes back, and asks the server the same', () => {
    const view: filters.View = { search: 'x', risks: ['high'], origins: ['custom', 'sigma'], classes: ['indicator'], confidences: ['low'], technique: 'T1003', enabled: 'false', order: { by: 'hits', direction: 'asc' }, cursor: 'f' }
    const back = filters.readView(readAddress(writeAddress(filters.writeView(view))))
    expect({ ...back, origins: [...back.origins].sort() }).toEqual({ ...view, origins: ['custom', 'sigma'] })
    expect(filters.filterQueryOf(view)).toMatchObject({ search: 'x', risk: 'high', class: 'indicator', confidence: 'low', technique: 'T1003', enabled: 'false', orderBy: 'hits asc' })
    expect(filters.filterQueryOf(view)).not.toHaveProperty('cursor')
  })
})

describe('a funnel', () => {
  it('draws by logarithms: nothing is 0, the greatest 1, little is still seen', () => {
    expect(lengths([0, 0])).toEqual([0, 0])
    const drawn = lengths([100_000, 1_000, 1, 0])
    expect(drawn[0]).toBe(1)
    expect(drawn[1]).toBeGreaterThan(0.5)
    expect(drawn[2]).toBeGreaterThan(0)
    expect(drawn[3]).toBe(0)
  })

  it('says shares as people do', () => {
    const format = (n: number) => n.toLocaleString('en')
    expect(share(12, 100, format)).toBe('12 %')
    expect(share(4, 1000, format)).toBe('0.4 %')
    expect(share(1, 20_000, format)).toBe('1 : 20,000')
    for (const [count, before] of [[0, 10], [3, 0], [20, 10]] as const) expect(share(count, before, format)).toBe('')
  })
})
