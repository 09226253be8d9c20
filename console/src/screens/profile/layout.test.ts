import { describe, expect, it } from 'vitest'
import type { Profile, ProfileNode } from '../../api/shapes'
import { isFold, merge, MOST_OF_FOCUS, pathNodes, place, shownPart } from './layout'

const node = (id: string, more: Partial<ProfileNode> = {}): ProfileNode => ({ id, kind: 'process', label: `${id}.exe`, flagged: [], childCount: 0, hasMoreChildren: false, ...more })
const flag = { filterId: 'f', title: { en: 'f', ja: 'f' }, risk: 'high', uuid: 'u' } as const
const edge = (from: string, to: string) => ({ from, to, label: 'started' })

/** root > shell > (evil, four quiet children); evil > file. */
const CHAIN: Profile = {
  focus: 'evil',
  nodes: [node('root', { kind: 'missing' }), node('shell'), node('evil', { flagged: [flag] }), node('file', { kind: 'file' }), ...['q1', 'q2', 'q3', 'q4'].map((id) => node(id))],
  edges: [edge('root', 'shell'), edge('shell', 'evil'), edge('evil', 'file'), ...['q1', 'q2', 'q3', 'q4'].map((id) => edge('shell', id))],
}
const idsOf = (shown: ReturnType<typeof shownPart>) => shown.nodes.map((one) => one.id).sort()

describe('what is shown of a chain', () => {
  it('is the flagged path with its ancestors and what the focus did; the rest is folded and counted', () => {
    const shown = shownPart(CHAIN, new Set())
    expect(idsOf(shown)).toEqual(['evil', 'file', 'fold:shell', 'root', 'shell'])
    expect(shown.nodes.find(isFold)).toMatchObject({ parent: 'shell', count: 4 })
  })

  it('is everything under a parent that was opened', () => {
    expect(idsOf(shownPart(CHAIN, new Set(['shell'])))).toEqual(['evil', 'file', 'q1', 'q2', 'q3', 'q4', 'root', 'shell'])
  })

  it('shows a single sibling instead of folding it', () => {
    const one = { ...CHAIN, nodes: CHAIN.nodes.filter((each) => !/q[234]/.test(each.id)), edges: CHAIN.edges.filter((each) => !/q[234]/.test(each.to)) }
    expect(idsOf(shownPart(one, new Set()))).toEqual(['evil', 'file', 'q1', 'root', 'shell'])
  })

  it('folds what the focus did when it did much, but nothing that is flagged', () => {
    const many = Array.from({ length: MOST_OF_FOCUS + 1 }, (_, index) => `c${index}`)
    const busy: Profile = { focus: 'evil', nodes: [node('evil'), node('bad', { flagged: [flag] }), ...many.map((id) => node(id))], edges: [edge('evil', 'bad'), ...many.map((id) => edge('evil', id))] }
    expect(idsOf(shownPart(busy, new Set()))).toEqual(['bad', 'evil', 'fold:evil'])
    expect(shownPart(busy, new Set()).nodes.find(isFold)).toMatchObject({ count: MOST_OF_FOCUS + 1 })
  })

  it('keeps what is flagged even where its kind is hidden', () => {
    const flagged = { ...CHAIN, nodes: CHAIN.nodes.map((each) => (each.id === 'file' ? { ...each, flagged: [flag] } : each)) }
    expect(idsOf(shownPart(flagged, new Set(), new Set(['file'])))).toContain('file')
  })

  it('ends although a chain bites its tail', () => {
    const loop: Profile = { focus: 'a', nodes: [node('r'), node('a'), node('b')], edges: [edge('r', 'a'), edge('a', 'b'), edge('b', 'a')] }
    expect([...pathNodes(loop)].sort()).toEqual(['a', 'b', 'r'])
    expect(idsOf(shownPart(loop, new Set()))).toEqual(['a', 'b', 'r'])
  })
})

describe('where it stands', () => {
  const shown = shownPart(CHAIN, new Set(['shell']))
  const placed = place(shown)
  const at = (id: string) => placed.find((one) => one.id === id) as (typeof placed)[number]

  it('has creators left of what they created', () => {
    for (const { from, to } of shown.edges) expect(at(from).x + at(from).width, `${from} → ${to}`).toBeLessThanOrEqual(at(to).x)
  })

  it('lets no two boxes overlap', () => {
    for (const one of placed) {
      for (const other of placed) {
        if (one.id >= other.id) continue
        const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y
        expect(apart, `${one.id} and ${other.id}`).toBe(true)
      }
    }
  })
})

describe('two answers about one chain', () => {
  it('join without losing flags, keeping the focus', () => {
    const later: Profile = { focus: 'shell', nodes: [node('shell', { hasMoreChildren: false }), node('evil'), node('new')], edges: [edge('shell', 'new')] }
    const joined = merge(CHAIN, later)
    expect(joined.focus).toBe('evil')
    expect(joined.nodes).toHaveLength(CHAIN.nodes.length + 1)
    expect(joined.nodes.find((each) => each.id === 'evil')?.flagged).toHaveLength(1)
    expect(joined.edges).toHaveLength(CHAIN.edges.length + 1)
  })
})
