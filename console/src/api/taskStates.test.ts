import { describe, expect, it } from 'vitest'
import { elapsedSeconds, marksOf, reached, worstState } from './taskStates'

describe('the five steps', () => {
  it('fill up as the task goes on', () => {
    expect(marksOf('pending_approval')).toEqual(['open', 'open', 'open', 'open', 'open'])
    expect(marksOf('queued')).toEqual(['now', 'open', 'open', 'open', 'open'])
    expect(marksOf('executing')).toEqual(['done', 'done', 'now', 'open', 'open'])
    expect(marksOf('verified')).toEqual(['done', 'done', 'done', 'done', 'done'])
  })
  it('do not claim what nobody has seen', () => expect(marksOf('unverified')).toEqual(['done', 'done', 'done', 'done', 'doubt']))
  it('show where it went wrong', () => {
    expect(marksOf('failed', ['queued', 'delivered', 'executing', 'failed'])).toEqual(['done', 'done', 'done', 'bad', 'open'])
    expect(marksOf('expired', ['queued', 'expired'])).toEqual(['done', 'bad', 'open', 'open', 'open'])
    expect(reached('rejected', ['pending_approval', 'rejected'])).toBe(0)
  })
})

it('a group is as well off as its worst task', () => {
  expect(worstState(['verified', 'executing', 'failed'])).toBe('failed')
  expect(worstState(['verified', 'queued'])).toBe('queued')
  expect(worstState([])).toBeUndefined()
})

it('time runs until the end', () => {
  expect(elapsedSeconds({ state: 'executing', created: 1_000, changed: 2_000 }, 11_000)).toBe(10)
  expect(elapsedSeconds({ state: 'verified', created: 1_000, changed: 3_000 }, 99_000)).toBe(2)
})
