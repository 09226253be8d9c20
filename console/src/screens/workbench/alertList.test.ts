import { expect, it } from 'vitest'
import type { AlertRow } from '../../api/shapes'
import { shortMoment } from '../../components/Moment'
import { countNew, refreshed } from './alertList'
import { grouped } from './grouping'

const row = (id: string, createdDateTime: string, score = 66): AlertRow => ({ id, createdDateTime, score, status: 'Open' }) as AlertRow
const SHOWN = [row('WB-2', '2026-01-02T00:00:00Z'), row('WB-1', '2026-01-01T00:00:00Z')]

it('keeps rows where they stand and refreshes their values', () => {
  const polled = [row('WB-3', '2026-01-03T00:00:00Z'), { ...(SHOWN[1] as AlertRow), status: 'Closed' as const }]
  expect(refreshed(SHOWN, polled, true).map((one) => `${one.id} ${one.status}`)).toEqual(['WB-2 Open', 'WB-1 Closed'])
})

it('does not bring back older values than those shown', () => {
  expect(refreshed(SHOWN, [{ ...(SHOWN[0] as AlertRow), score: 1 }], false)[0]?.score).toBe(66)
})

it('counts what is new, not what moved up from a later page', () => {
  expect(countNew(SHOWN, [row('WB-3', '2026-01-03T00:00:00Z'), row('WB-0', '2025-12-01T00:00:00Z'), ...SHOWN])).toBe(1)
  expect(countNew([], [row('WB-1', '2026-01-01T00:00:00Z')])).toBe(1)
})

it('brings rows of one model together, in the order of their first', () => {
  const rows = ['b', 'a', 'b', 'c', 'a'].map((modelId, index) => ({ id: String(index), modelId }) as AlertRow)
  expect(grouped(rows, 'model').map((one) => one.modelId + one.id)).toEqual(['b0', 'b2', 'a1', 'a4', 'c3'])
  expect(grouped(rows, 'none')).toBe(rows)
})

it('shortens moments of this year and of others', () => {
  expect(shortMoment('2026-11-22 22:53:52', '2026')).toBe('11-22 22:53:52')
  expect(shortMoment('2019-05-09 10:59:29', '2026')).toBe('2019-05-09 10:59')
})
