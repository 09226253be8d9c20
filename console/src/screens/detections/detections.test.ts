import { describe, expect, it } from 'vitest'
import { filled } from '../../components/Histogram'
import { totalOf } from '../../components/TimeBars'
import { dropView, keepView, readViews } from './savedViews'

/** A storage that is only a map. */
function storage(first?: string): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map(first === undefined ? [] : [['hinomi.detections.views', first]])
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

describe('saved views', () => {
  it('are kept by name, replaced and dropped', () => {
    const shelf = storage()
    keepView({ name: 'noise', address: { hidden: 'a' } }, shelf)
    keepView({ name: 'noise', address: { hidden: 'a,b' } }, shelf)
    keepView({ name: 'high', address: { risk: 'high' } }, shelf)
    expect(readViews(shelf).map((view) => view.name)).toEqual(['high', 'noise'])
    expect(readViews(shelf)[1]?.address.hidden).toBe('a,b')
    expect(dropView('high', shelf)).toHaveLength(1)
  })

  it('are none when what was kept cannot be read', () => {
    expect(readViews(storage('{"'))).toEqual([])
    expect(readViews(storage('[1, {"name": 5}]'))).toEqual([])
  })
})

describe('the histogram', () => {
  const buckets = [{ t: '2026-01-01T02:00:00.000Z', high: 3 }]

  it('draws the empty buckets that the server leaves out', () => {
    const all = filled({ bucketMs: 3_600_000, buckets }, { from: '2026-01-01T00:30:00.000Z', to: '2026-01-01T04:10:00.000Z' })
    expect(all.map(totalOf)).toEqual([0, 0, 3, 0, 0])
  })

  it('runs from the first to the last bucket without bounds, and is empty without buckets', () => {
    expect(filled({ bucketMs: 3_600_000, buckets }, {})).toHaveLength(1)
    expect(filled({ bucketMs: 3_600_000, buckets: [] }, {})).toEqual([])
  })

  it('leaves a span with too many buckets as it is', () => {
    expect(filled({ bucketMs: 60_000, buckets }, { from: '2020-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' })).toHaveLength(1)
  })
})
