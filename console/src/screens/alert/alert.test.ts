import { describe, expect, it } from 'vitest'
import type { AlertDetail, CorrelationGraph, Highlight } from '../../api/shapes'
import { isInternal } from '../../components/addresses'
import { gravest } from './AlertPage'
import { fileName } from './Answers'
import { placeBest, placeThings } from './graphLayout'
import { holds } from './Highlights'
import { linesOf } from './NotesTab'

const highlight = (uuid: string, risk: Highlight['risk'], eventDateTime: string): Highlight =>
  ({ uuid, risk, eventDateTime, fields: [{ field: 'objectCmd', value: 'whoami' }] }) as unknown as Highlight

describe('addresses', () => {
  it.each(['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '169.254.1.1', '100.64.0.1', '::1', 'fe80::1', 'fd00::5', '::ffff:10.0.0.1'])('%s is internal', (address) => {
    expect(isInternal(address)).toBe(true)
  })

  it.each(['8.8.8.8', '172.32.0.1', '172.15.0.1', '192.169.0.1', '100.128.0.1', '2001:db8::1', '::ffff:8.8.8.8', '10.1.2', '10.1.2.300', 'host'])('%s is not', (address) => {
    expect(isInternal(address)).toBe(false)
  })
})

describe('the page of an alert', () => {
  it('begins with the gravest highlight, the earliest of equals', () => {
    const highlights = [highlight('low', 'low', '2026-01-01T00:00:00Z'), highlight('late', 'high', '2026-01-03T00:00:00Z'), highlight('early', 'high', '2026-01-02T00:00:00Z')]
    expect(gravest({ highlights } as unknown as AlertDetail)?.uuid).toBe('early')
    expect(gravest({ highlights: [] })).toBeUndefined()
  })

  it('filters highlights by a value in its own field only', () => {
    const one = highlight('a', 'high', '')
    expect(holds(one, { field: 'objectCmd', value: 'whoami' })).toBe(true)
    expect(holds(one, { field: 'processCmd', value: 'whoami' })).toBe(false)
  })

  it('names a file by the end of its path', () => {
    expect(fileName('C:\\Windows\\System32\\cmd.exe')).toBe('cmd.exe')
    expect(fileName('/usr/bin/bash')).toBe('bash')
  })

  it('tells a change with what was before it', () => {
    expect(linesOf({ before: { status: 'Open' }, after: { status: 'Closed' }, reason: 'test', empty: '' })).toEqual([
      { key: 'status', values: ['Open', 'Closed'] },
      { key: 'reason', values: ['test'] },
    ])
  })
})

describe('the correlation graph', () => {
  const chain = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const graph: CorrelationGraph = {
    nodes: chain.map((id) => ({ id, type: 'process', label: id, uuids: [], filters: [] })),
    edges: chain.slice(1).map((to, index) => ({ from: chain[index] as string, to, label: 'started' })),
  }

  it('turns a long chain downward where the space is narrow', () => {
    expect(placeBest(graph, 700, 500).direction).toBe('TB')
    expect(placeBest(graph, 2400, 400).direction).toBe('LR')
  })

  it('places every node, though an edge names one that is not there', () => {
    const odd = { ...graph, edges: [...graph.edges, { from: 'a', to: 'gone', label: 'started' }] }
    expect(placeThings(odd, 'LR').size).toBe(chain.length)
  })
})
