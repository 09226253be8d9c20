import { describe, expect, it } from 'vitest'
import type { Cell, Matrix } from '../../api/attack'
import { levelOf, readView, shownColumns, writeView } from './view'

const cell = (id: string, name: string, filters = 0, models = 0, detections = 0): Cell => ({ id, name, filters, models, detections })
const matrix: Matrix = {
  version: '1', notice: '', totals: { techniques: 2, covered: 1, seen: 1 },
  tactics: [{ id: 'TA1', name: 'One', text: { en: 'One', ja: '一' }, techniques: [
    { ...cell('T1003', 'OS Credential Dumping', 3, 1, 12), subtechniques: [cell('T1003.006', 'DCSync')] },
    { ...cell('T1110', 'Brute Force'), subtechniques: [] },
  ] }],
}
const ids = (show: 'all' | 'covered' | 'uncovered' | 'seen', search = '') => shownColumns(matrix, { show, search })[0]?.techniques.map((one) => one.id)

describe('the matrix', () => {
  it('shows what is asked for', () => {
    expect(ids('all')).toEqual(['T1003', 'T1110'])
    expect(ids('covered')).toEqual(['T1003'])
    expect(ids('uncovered')).toEqual(['T1110'])
    expect(ids('seen')).toEqual(['T1003'])
    expect(ids('all', 'dcsync')).toEqual(['T1003'])
    expect(ids('all', 't1003-006')).toEqual(['T1003'])
    expect(ids('all', 'brute')).toEqual(['T1110'])
  })

  it('colours by what there is', () => {
    expect([cell('a', 'a'), cell('a', 'a', 1), cell('a', 'a', 1, 1)].map((one) => levelOf(one, 'coverage'))).toEqual([0, 1, 2])
    expect([0, 1, 9, 10, 99, 100].map((count) => levelOf(cell('a', 'a', 0, 0, count), 'detections'))).toEqual([0, 1, 1, 2, 2, 3])
  })

  it('keeps its view in the address', () => {
    const view = readView({ colour: 'detections', show: 'seen', search: 'x', range: '7d' })
    expect(readView(writeView(view) as Record<string, string>)).toEqual(view)
    expect(Object.values(writeView(readView({}))).every((one) => one === undefined)).toBe(true)
  })
})
