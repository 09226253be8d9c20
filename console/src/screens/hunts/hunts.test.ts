import { describe, expect, it } from 'vitest'
import { readAddress, writeAddress } from '../../frame/address'
import { readView } from '../search/view'
import { readHunt, wishOf, writeHunt, type HuntForm } from './huntForm'
import { filterIdOf, hasGap, percentDone, searchOf, tabOf, techniquesIn } from './view'

describe('saved queries', () => {
  it('open in Search with their data set and the wished time', () => {
    const view = readView(searchOf({ query: 'dpt: 443', dataset: 'network' }, { range: { preset: 'all' } }))
    expect(view).toMatchObject({ query: 'dpt: 443', dataset: 'network', range: { preset: 'all' } })
  })

  it('name techniques in any writing, each once', () => {
    expect(techniquesIn('t1003-002, T1003.002 and T1059; T12')).toEqual(['T1003.002', 'T1059'])
  })

  it('give a filter an id that may stand in a file name', () => {
    expect(filterIdOf('Reg save, again!')).toBe('hunt_reg_save_again')
    expect(filterIdOf('資格情報')).toBe('hunt_query')
  })

  it('warn of a watch that leaves time out', () => {
    expect(hasGap({ everyMinutes: 60, lookbackMinutes: 15 })).toBe(true)
    expect(hasGap({ everyMinutes: 60, lookbackMinutes: 60 })).toBe(false)
  })
})

describe('a hunt', () => {
  const form: HuntForm = { kind: 'technique', technique: 't1003-002', group: '', queryId: '', range: { preset: '30d' } }

  it('keeps its form in the address', () => {
    for (const one of [form, { ...form, kind: 'group' as const, group: 'G0016', range: { preset: '7d' as const } }]) expect(readHunt(readAddress(writeAddress(writeHunt(one))))).toEqual(one)
  })

  it('is asked for when nothing is missing', () => {
    const bounds = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' }
    expect(wishOf(form, '', bounds, 0)).toEqual({ kind: 'technique', technique: 'T1003.002', ...bounds })
    expect(wishOf({ ...form, technique: 'x' }, '', bounds, 0)).toBeNull()
    expect(wishOf({ ...form, kind: 'report' }, '  ', bounds, 0)).toBeNull()
    expect(wishOf({ ...form, kind: 'report' }, 'hxxp://a', {}, 0)).toMatchObject({ text: 'hxxp://a', from: '1970-01-01T00:00:00.000Z' })
  })

  it('tells how far it is', () => {
    expect(percentDone({ state: 'running', done: 1, all: 4 })).toBe(25)
    expect(percentDone({ state: 'running', done: 0, all: 0 })).toBe(0)
    expect(percentDone({ state: 'done', done: 0, all: 0 })).toBe(100)
    expect(tabOf({ tab: 'nowhere' })).toBe('today')
  })
})
