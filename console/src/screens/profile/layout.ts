/** Which part of a process chain is shown, and where: values in, values out, no drawing. */
import { Graph, layout as runDagre } from '@dagrejs/dagre'
import type { Profile, ProfileNode } from '../../api/shapes'

/** Siblings that are folded into one box under their parent. */
export type Fold = { kind: 'fold'; id: string; parent: string; count: number }
export type Shown = { nodes: (ProfileNode | Fold)[]; edges: { from: string; to: string; label: string }[] }
export type Placed = { id: string; x: number; y: number; width: number; height: number }

export const SIZES = { process: { width: 200, height: 66 }, object: { width: 200, height: 42 }, fold: { width: 110, height: 32 } } as const

export const isFold = (node: ProfileNode | Fold): node is Fold => node.kind === 'fold'

/** Joins two answers about one chain; what both tell is taken from the later one, but flags are never lost. */
export function merge(first: Profile, later: Profile): Profile {
  const nodes = new Map(first.nodes.map((node) => [node.id, node]))
  for (const node of later.nodes) {
    const known = nodes.get(node.id)
    nodes.set(node.id, known ? { ...node, flagged: known.flagged.length > 0 ? known.flagged : node.flagged } : node)
  }
  const edges = new Map([...first.edges, ...later.edges].map((edge) => [`${edge.from}→${edge.to}`, edge]))
  return { focus: first.focus, nodes: [...nodes.values()], edges: [...edges.values()] }
}

/** So many quiet children of the focus stand open; more of them are folded. */
export const MOST_OF_FOCUS = 6

/** The nodes worth seeing at once: the focus, what is flagged, their ancestors, and what the focus did unless it is much. */
export function pathNodes(profile: Profile): Set<string> {
  const parents = new Map<string, string[]>()
  for (const edge of profile.edges) parents.set(edge.to, [...(parents.get(edge.to) ?? []), edge.from])
  const wanted = profile.nodes.filter((node) => node.flagged.length > 0).map((node) => node.id)
  const found = new Set<string>()
  const queue = [profile.focus, ...wanted]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue
    found.add(id)
    queue.push(...(parents.get(id) ?? []))
  }
  const did = profile.edges.filter((edge) => edge.from === profile.focus && !found.has(edge.to))
  for (const edge of did.length > MOST_OF_FOCUS ? [] : did) found.add(edge.to)
  return found
}

/** What is drawn: the path, everything under `opened` parents, and one fold for the rest of each parent's children. */
export function shownPart(profile: Profile, opened: ReadonlySet<string>, hiddenKinds: ReadonlySet<string> = new Set()): Shown {
  const path = pathNodes(profile)
  const byId = new Map(profile.nodes.filter((node) => !hiddenKinds.has(node.kind) || path.has(node.id)).map((node) => [node.id, node]))
  const edges = profile.edges.filter((edge) => byId.has(edge.from) && byId.has(edge.to))
  const children = new Map<string, string[]>()
  for (const edge of edges) children.set(edge.from, [...(children.get(edge.from) ?? []), edge.to])
  const hasParent = new Set(edges.map((edge) => edge.to))
  const visible = new Set<string>()
  const folds: Fold[] = []
  const queue = [...byId.keys()].filter((id) => !hasParent.has(id))
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (visible.has(id)) continue
    visible.add(id)
    const { open, folded } = splitChildren(children.get(id) ?? [], path, opened.has(id))
    queue.push(...open)
    if (folded.length > 0) folds.push({ kind: 'fold', id: `fold:${id}`, parent: id, count: folded.length })
  }
  return {
    nodes: [...[...byId.values()].filter((node) => visible.has(node.id)), ...folds],
    edges: [
      ...edges.filter((edge) => visible.has(edge.from) && visible.has(edge.to)),
      ...folds.map((fold) => ({ from: fold.parent, to: fold.id, label: '' })),
    ],
  }
}

/** A fold of one would save nothing: then the child itself is shown. */
function splitChildren(ids: string[], path: Set<string>, all: boolean): { open: string[]; folded: string[] } {
  if (all) return { open: ids, folded: [] }
  const open = ids.filter((id) => path.has(id))
  const folded = ids.filter((id) => !path.has(id))
  return folded.length === 1 ? { open: [...open, ...folded], folded: [] } : { open, folded }
}

export function sizeOf(node: ProfileNode | Fold): { width: number; height: number } {
  if (isFold(node)) return SIZES.fold
  return node.kind === 'process' || node.kind === 'missing' ? SIZES.process : SIZES.object
}

/** Left to right: creators left of what they created. Coordinates are the upper left corners, in pixels. */
export function place(shown: Shown): Placed[] {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 72, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of shown.nodes) graph.setNode(node.id, { ...sizeOf(node) })
  for (const edge of shown.edges) graph.setEdge(edge.from, edge.to)
  runDagre(graph)
  return shown.nodes.map((node) => {
    const { width, height } = sizeOf(node)
    const at = graph.node(node.id) as { x: number; y: number }
    return { id: node.id, x: at.x - width / 2, y: at.y - height / 2, width, height }
  })
}
