import { expect, it } from 'vitest'
import type { BlockEntry } from '../../api/responseShapes'
import { chosenEntries, pastedIn, reachOf } from './entries'

it('tells pasted values apart, mends what reports make harmless, and counts each once', () => {
  expect(pastedIn('hxxps://evil[.]example/a, 198.51.100.7\nmallory[@]evil.example 198.51.100.7 ???')).toEqual([
    { value: 'https://evil.example/a', type: 'url' }, { value: '198.51.100.7', type: 'ip' }, { value: 'mallory@evil.example', type: 'senderMailAddress' }, { value: '???', type: null },
  ])
})

it('narrows by type and words, newest first', () => {
  const row = (value: string, type: BlockEntry['type'], created: number) => ({ value, type, created, description: '', createdBy: 'sato', source: '' }) as BlockEntry
  const rows = [row('a.example', 'domain', 1), row('192.0.2.1', 'ip', 2)]
  expect(chosenEntries(rows, { search: 'SATO', types: [] }).map((one) => one.value)).toEqual(['192.0.2.1', 'a.example'])
  expect(chosenEntries(rows, { search: '', types: ['domain'] }).map((one) => one.value)).toEqual(['a.example'])
})

it('says how many endpoints refuse a value, of those that could', () => {
  expect(reachOf({ type: 'ip', state: 'partly', enforcement: { enforced: 24, notEnforced: 1 } })).toEqual([24, 25])
  expect(reachOf({ type: 'domain', state: 'waiting', enforcement: { waiting: 2 } })).toEqual([0, 2])
  expect(reachOf({ type: 'ip', state: 'notEnforced', enforcement: {} })).toBeNull()
  expect(reachOf({ type: 'url', state: 'handedOn', enforcement: { notEnforced: 25 } })).toBeNull()
})
