import { describe, expect, it } from 'vitest'
import { groupShown, readView, wishOf, writeView, type View } from './view'

const view: View = { range: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }, models: ['a', 'b'], group: 'both', cursor: 'f', job: 'j', bare: true }

function roundTrip(one: View): View {
  const written = Object.entries(writeView(one)).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return readView(Object.fromEntries(written))
}

describe('the address of a time travel', () => {
  it('says all that is chosen, there and back', () => {
    expect(roundTrip(view)).toEqual(view)
    const bare: View = { range: { preset: '7d' }, models: [], group: 'onlyNow', cursor: '', job: '', bare: false }
    expect(Object.values(writeView(bare)).filter(Boolean)).toEqual([])
    expect(roundTrip(bare)).toEqual(bare)
  })
})

describe('what is asked for', () => {
  it('names models and texts only where there are some', () => {
    expect(wishOf({ ...view, models: [], bare: false, range: { preset: 'all' } }, null, 0)).toEqual({})
    expect(wishOf(view, { kind: 'filter', id: '', text: '  ' }, 0)).toEqual({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', models: ['a', 'b'], exceptions: false })
    expect(wishOf({ ...view, models: [] }, { kind: 'model', id: 'm', text: 'name: x' }, 0).texts).toEqual([{ kind: 'model', id: 'm', text: 'name: x' }])
  })
})

describe('the group that is shown', () => {
  it('is the chosen one unless it is empty', () => {
    expect(groupShown('onlyThen', { onlyNow: 1, onlyThen: 2, both: 3 })).toBe('onlyThen')
    expect(groupShown('onlyThen', { onlyNow: 0, onlyThen: 0, both: 3 })).toBe('both')
    expect(groupShown('onlyNow', { onlyNow: 0, onlyThen: 0, both: 0 })).toBe('onlyNow')
  })
})
