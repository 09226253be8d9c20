import { describe, expect, it } from 'vitest'
import type { ExceptionRow } from '../../api/exceptionShapes'
import { chosenExceptions } from './list'

const ROW: ExceptionRow = {
  id: '1', field: 'objectCmd', operator: 'contains', value: 'reg save', filterId: 'reg_save', filterTitle: { en: 'Hive saved', ja: 'ハイブの保存' }, scope: { endpoints: ['PC-*'] },
  reason: 'backup', createdBy: 'sato', createdDateTime: '2026-01-01T00:00:00.000Z', expiresDateTime: null, expired: false, enabled: true, hits: 3, lastHitDateTime: null,
}
const ROWS: ExceptionRow[] = [
  ROW,
  { ...ROW, id: '2', filterId: null, filterTitle: null, hits: 0, createdDateTime: '2026-02-01T00:00:00.000Z' },
  { ...ROW, id: '3', filterId: 'other', filterTitle: null, enabled: false, expired: true },
]
const ALL = { search: '', states: [], filter: '', filters: null }
const ids = (wanted: Parameters<typeof chosenExceptions>[1]) => chosenExceptions(ROWS, wanted).map((row) => row.id)

describe('the list of exceptions', () => {
  it('shows the newest first', () => expect(ids(ALL)[0]).toBe('2'))

  it('narrows by state', () => {
    expect(ids({ ...ALL, states: ['active'] })).toEqual(['2', '1'])
    expect(ids({ ...ALL, states: ['off'] })).toEqual(['3'])
    expect(ids({ ...ALL, states: ['unused', 'expired'] }).sort()).toEqual(['2', '3'])
  })

  it('of a filter or of a model, shows those for all filters too', () => {
    expect(ids({ ...ALL, filter: 'reg_save' })).toEqual(['2', '1'])
    expect(ids({ ...ALL, filters: ['other'] })).toEqual(['2', '3'])
    expect(ids({ ...ALL, filters: [] })).toEqual(['2'])
  })

  it('finds by any word', () => {
    expect(ids({ ...ALL, search: 'ハイブ SATO' })).toEqual(['1'])
    expect(ids({ ...ALL, search: 'nothing' })).toEqual([])
  })
})
