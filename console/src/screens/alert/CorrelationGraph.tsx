import '@xyflow/react/dist/style.css'
import { Background, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import { IconAppWindow, IconBinaryTree, IconDeviceDesktop, IconFileText, IconPlug, IconServerCog, IconTerminal2, IconUser, IconWorld, IconWorldWww } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { alertGraphQuery } from '../../api/workbench'
import type { CorrelationGraph as Things, ObjectType } from '../../api/shapes'
import { ObjectScope, useObjectMenu, type MenuObject } from '../../components/ObjectMenu'
import { Empty, Failed, Loading } from '../../components/States'
import { placeBest, THING, type Direction } from './graphLayout'

type Thing = Things['nodes'][number]
type ThingNode = Node<{ thing: Thing; direction: Direction; dim: boolean; lit: boolean }, 'thing'>

const ICONS: Record<ObjectType, typeof IconUser> = {
  host: IconDeviceDesktop, account: IconUser, process: IconAppWindow, command: IconTerminal2, file: IconFileText,
  registry: IconBinaryTree, address: IconWorld, domain: IconWorldWww, pipe: IconPlug, service: IconServerCog,
}
const FIELDS: Record<ObjectType, string> = {
  host: 'endpointHostName', account: '', process: '', command: 'objectCmd', file: 'objectFilePath', registry: 'objectRegistryKeyHandle',
  address: 'dst', domain: 'hostName', pipe: 'objectPipeName', service: '',
}

/** Entities and objects of the alert; `lit` is the activity whose objects are lit. */
export default function CorrelationGraph({ alertId, lit }: { alertId: string; lit: string }) {
  const { t } = useTranslation()
  const graph = useQuery(alertGraphQuery(alertId))
  if (graph.isPending) return <Loading />
  if (graph.isError) return <Failed error={graph.error} onRetry={() => void graph.refetch()} />
  if (graph.data.nodes.length === 0) return <Empty title={t('graph.empty')} />
  return <Flow graph={graph.data} lit={lit} />
}

function Flow({ graph, lit }: { graph: Things; lit: string }) {
  const { t } = useTranslation()
  const { ref, width, height } = useElementSize()
  const { direction, places } = useMemo(() => placeBest(graph, width, height), [graph, width, height])
  const isLit = (uuids: string[] | undefined) => lit !== '' && (uuids ?? []).includes(lit)
  const nodes: ThingNode[] = graph.nodes.map((thing) => ({
    id: thing.id,
    type: 'thing',
    position: places.get(thing.id) ?? { x: 0, y: 0 },
    width: THING.width,
    height: THING.height,
    ariaLabel: `${t(`object.${thing.type}`)} ${thing.label}`,
    data: { thing, direction, lit: isLit(thing.uuids), dim: lit !== '' && !isLit(thing.uuids) },
  }))
  const edges: Edge[] = graph.edges.map((edge) => ({
    id: `${edge.from}→${edge.to}`,
    source: edge.from,
    target: edge.to,
    label: isTold(edge.label, graph.edges.length) ? t(`edge.${edge.label}`, edge.label) : undefined,
    focusable: false,
    style: { opacity: lit !== '' && !isLit(edge.uuids) ? 0.25 : 1, ...(isLit(edge.uuids) ? { stroke: 'var(--h-ember)' } : {}) },
  }))
  return (
    <div ref={ref} className="correlation" data-testid="correlation-graph">
      {width > 0 && height > 0 && <ReactFlow key={direction} nodes={nodes} edges={edges} nodeTypes={TYPES} nodesConnectable={false} fitView fitViewOptions={{ padding: 0.05, maxZoom: 1.1 }} minZoom={0.25} proOptions={{ hideAttribution: true }}>
        <Background gap={22} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>}
    </div>
  )
}

/** A command line says itself what it is, and among many edges words only cover each other. */
function isTold(label: string, edges: number): boolean {
  return label !== '' && label !== 'command-line' && edges <= MOST_TOLD
}
const MOST_TOLD = 18

function ThingFace({ data: { thing, direction, dim, lit } }: NodeProps<ThingNode>) {
  return (
    <>
      <Handle type="target" position={direction === 'LR' ? Position.Left : Position.Top} isConnectable={false} />
      <ObjectScope uuid={thing.uuids[0]}>
        <ThingBox thing={thing} dim={dim} lit={lit} />
      </ObjectScope>
      <Handle type="source" position={direction === 'LR' ? Position.Right : Position.Bottom} isConnectable={false} />
    </>
  )
}
const TYPES = { thing: ThingFace }

function ThingBox({ thing, dim, lit }: { thing: Thing; dim: boolean; lit: boolean }) {
  const { t } = useTranslation()
  const Icon = ICONS[thing.type] ?? IconFileText
  const object: MenuObject = { type: thing.type, field: FIELDS[thing.type] ?? '', value: thing.label }
  const { onContextMenu } = useObjectMenu(object)
  return (
    <div className="thing" data-type={thing.type} data-dim={dim} data-lit={lit} data-label={thing.label} title={[thing.label, thing.detail].filter(Boolean).join('\n')} onContextMenu={onContextMenu}>
      <span className="thing-icon"><Icon size={16} aria-hidden /></span>
      <span className="grow">
        <strong className={`clip${thing.type === 'command' ? ' mono' : ''}`}>{thing.label}</strong>
        <span className="dim clip">{thing.type !== 'command' && thing.detail ? thing.detail : t(`object.${thing.type}`)}</span>
      </span>
    </div>
  )
}
