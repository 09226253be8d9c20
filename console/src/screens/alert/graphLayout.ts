/** Where the objects of a correlation graph stand: values in, values out. */
import { Graph, layout as runDagre } from '@dagrejs/dagre'
import type { CorrelationGraph } from '../../api/shapes'

export const THING = { width: 172, height: 42 } as const

export type Direction = 'LR' | 'TB'
export type Placing = { direction: Direction; places: Map<string, { x: number; y: number }> }

/** The placing, left to right or top to bottom, that can be drawn larger in a space of this size. */
export function placeBest(graph: CorrelationGraph, width: number, height: number): Placing {
  const wide = placeThings(graph, 'LR')
  if (width === 0 || height === 0) return { direction: 'LR', places: wide }
  const tall = placeThings(graph, 'TB')
  return zoomOf(tall, width, height) > zoomOf(wide, width, height) * 1.15 ? { direction: 'TB', places: tall } : { direction: 'LR', places: wide }
}

function zoomOf(places: Map<string, { x: number; y: number }>, width: number, height: number): number {
  const all = [...places.values()]
  const right = Math.max(...all.map((at) => at.x)) + THING.width
  const bottom = Math.max(...all.map((at) => at.y)) + THING.height
  return Math.min(width / right, height / bottom, 1)
}

/** Upper left corners in pixels, by node id. */
export function placeThings(graph: CorrelationGraph, direction: Direction): Map<string, { x: number; y: number }> {
  const dagre = new Graph()
  dagre.setGraph({ rankdir: direction, nodesep: 16, ranksep: direction === 'LR' ? 60 : 26, marginx: 10, marginy: 10 })
  dagre.setDefaultEdgeLabel(() => ({}))
  const known = new Set(graph.nodes.map((node) => node.id))
  for (const node of graph.nodes) dagre.setNode(node.id, { ...THING })
  for (const edge of graph.edges) if (known.has(edge.from) && known.has(edge.to)) dagre.setEdge(edge.from, edge.to)
  runDagre(dagre)
  return new Map(
    graph.nodes.map((node) => {
      const at = dagre.node(node.id) as { x: number; y: number }
      return [node.id, { x: at.x - THING.width / 2, y: at.y - THING.height / 2 }]
    }),
  )
}
