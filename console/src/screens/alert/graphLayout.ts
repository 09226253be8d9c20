/** Where the objects of a correlation graph stand: values in, values out. */
import { Graph, layout as runDagre } from '@dagrejs/dagre'
import type { CorrelationGraph } from '../../api/shapes'

export const THING = { width: 190, height: 44 } as const

/** Upper left corners in pixels, by node id. */
export function placeThings(graph: CorrelationGraph): Map<string, { x: number; y: number }> {
  const dagre = new Graph()
  dagre.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 76, marginx: 10, marginy: 10 })
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
