import { describe, expect, it } from 'vitest'
import { everyDay } from './days'

describe('days', () => {
  it('have no gaps and stand in order', () => {
    expect(everyDay([{ day: '2026-03-01', count: 2 }, { day: '2026-02-27', count: 1 }])).toEqual([{ day: '2026-02-27', count: 1 }, { day: '2026-02-28', count: 0 }, { day: '2026-03-01', count: 2 }])
  })

  it('are none for none, and stay as they are over a span that cannot be drawn', () => {
    expect(everyDay([])).toEqual([])
    expect(everyDay([{ day: '2020-01-01', count: 1 }, { day: '2026-01-01', count: 1 }])).toHaveLength(2)
  })
})
