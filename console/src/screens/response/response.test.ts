import { describe, expect, it } from 'vitest'
import type { Step, Task } from '../../api/responseShapes'
import { playTimes, readCast } from './asciicast'
import { flat, proofRows } from './proof'
import { decode, readFrame } from './shellFrames'
import { grouped, groupState, readView, taskQueryOf } from './view'

const task = (id: string, more: Partial<Task> = {}) => ({ id, group: null, alertId: null, state: 'queued', target: { name: 'a', id: 'a' }, ...more }) as Task

describe('the view of Response Management', () => {
  it('comes from the address, and what makes no sense is left out', () => {
    expect(readView({ state: 'failed,asleep', group: 'alert', cursor: '7' })).toMatchObject({ states: ['failed'], group: 'alert', cursor: '7' })
    expect(readView({ group: 'x' }).group).toBe('none')
  })
  it('asks without an end where the span ends now', () => {
    expect(taskQueryOf(readView({}), 1_000_000_000_000)).toMatchObject({ from: 1_000_000_000_000 - 604_800_000 })
    expect(taskQueryOf(readView({}), 1_000_000_000_000)).not.toHaveProperty('to')
    expect(taskQueryOf(readView({ range: 'all' }), 5)).not.toHaveProperty('from')
  })
  it('brings the tasks of a group together, with the state of the worst', () => {
    const tasks = [task('1', { group: 'g' }), task('2'), task('3', { group: 'g', state: 'failed' })]
    expect(grouped(tasks, 'together').map((one) => one.id)).toEqual(['1', '3', '2'])
    expect(groupState(tasks, 'together', 'g')).toBe('failed')
  })
})

describe('the proof', () => {
  const step = (evidence: Step['evidence']): Step => ({ state: 'executed', at: 1, who: 'server', ...(evidence ? { evidence } : {}) })
  it('sets what was so before beside what is so after', () => {
    const steps = [step({ before: { ping: true, 22: true } }), step({ verification: { ping: false, 22: false, asked: ['a', 'b'] } })]
    expect(proofRows(steps)).toEqual([
      { name: '22', before: 'true', after: 'false' }, { name: 'ping', before: 'true', after: 'false' }, { name: 'asked', before: '', after: 'a, b' },
    ])
  })
  it('is empty where nobody looked', () => expect(proofRows([step(undefined)])).toEqual([]))
  it('takes nested evidence apart', () => expect(flat({ a: { b: [{ c: 1 }] }, d: null })).toEqual([['a.b[1].c', '1']]))
})

describe('a recording', () => {
  it('is read in both versions, and half lines are left out', () => {
    const two = readCast('{"version":2,"width":100,"height":30}\n[0.5,"o","a"]\n[9.5,"i","b"]\n[10')
    expect(two).toMatchObject({ width: 100, height: 30, seconds: 9.5 })
    expect(playTimes(two.events)).toEqual([0.5, 2.5])
    expect(readCast('{"version":3,"term":{"cols":90,"rows":20}}\n[1,"o","a"]\n[1,"o","b"]')).toMatchObject({ width: 90, seconds: 2 })
  })
  it('of nonsense is empty', () => {
    expect(readCast('')).toMatchObject({ width: 80, height: 24, events: [] })
    expect(readCast('{"width":1e9,"height":-4}\n{"a":1}')).toMatchObject({ width: 80, height: 24, events: [] })
  })
})

it('reads frames of the stream, and no others', () => {
  expect(readFrame('{"type":"output","data":"44GC"}')).toEqual({ type: 'output', data: '44GC' })
  expect(new TextDecoder().decode(decode('44GC'))).toBe('あ')
  expect(readFrame('nonsense')).toBeUndefined()
  expect(readFrame('{"data":1}')).toBeUndefined()
})
