import '@xyflow/react/dist/style.css'
import { Background, Controls, Handle, Position, ReactFlow, ReactFlowProvider, useReactFlow, useStore, type Edge, type Node, type NodeProps } from '@xyflow/react'
import { IconChevronLeft, IconPlus } from '@tabler/icons-react'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile, ProfileNode } from '../../api/shapes'
import { useObjectMenu } from '../../components/ObjectMenu'
import { SeverityMark } from '../../components/Severity'
import { useText } from '../../i18n'
import { isFold, place, type Fold, type Shown } from './layout'
import { KIND_ICONS, objectOfNode, shortLabel, worst } from './nodeFace'

export type ChainProps = {
  chain: Profile
  shown: Shown
  opened: ReadonlySet<string>
  chosen: string
  onChoose: (id: string) => void
  onGrow: (id: string) => void
  onFold: (id: string) => void
  busy: string
}

type Face = { node: ProfileNode | Fold; focus: boolean; chosen: boolean; opened: boolean; busy: boolean; childrenShown: boolean; onChoose: (id: string) => void; onGrow: (id: string) => void; onFold: (id: string) => void }
type FlowNode = Node<Face, 'box'>

export default function ProfileGraph(props: ChainProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  )
}

function Flow({ chain, shown, opened, chosen, onChoose, onGrow, onFold, busy }: ChainProps) {
  const { t } = useTranslation()
  const placed = useMemo(() => new Map(place(shown).map((one) => [one.id, one])), [shown])
  const parents = useMemo(() => new Set(shown.edges.map((edge) => edge.from)), [shown])
  const nodes: FlowNode[] = shown.nodes.map((node) => {
    const at = placed.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 }
    return {
      id: node.id,
      type: 'box',
      position: { x: at.x, y: at.y },
      width: at.width,
      height: at.height,
      draggable: false,
      selected: node.id === chosen,
      ariaLabel: isFold(node) ? t('profile.folded', { count: node.count }) : `${t(`object.${node.kind === 'missing' ? 'process' : node.kind}`)} ${node.label}`,
      data: { node, focus: node.id === chain.focus, chosen: node.id === chosen, opened: opened.has(node.id), busy: busy === node.id, childrenShown: parents.has(node.id), onChoose, onGrow, onFold },
    }
  })
  const edges: Edge[] = shown.edges.map((edge) => ({
    id: `${edge.from}→${edge.to}`,
    source: edge.from,
    target: edge.to,
    // That a process started a process goes without saying where there are many.
    label: edge.label && (edge.label !== 'started' || shown.edges.length <= FEW_EDGES) ? t(`edge.${edge.label}`, edge.label) : undefined,
    focusable: false,
    className: 'profile-edge',
  }))
  return (
    <div className="profile-graph" data-testid="profile-graph">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        onNodeClick={(_, node) => (isFold(node.data.node) ? onGrow(node.data.node.parent) : onChoose(node.id))}
        nodesConnectable={false}
        elementsSelectable
        minZoom={0.2}
        maxZoom={1.6}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={22} size={1} />
        <Controls showInteractive={false} />
        <Fitter shown={shown} focus={chain.focus} />
      </ReactFlow>
    </div>
  )
}

const FEW_EDGES = 8

/** Below this zoom the boxes cannot be read. */
const READABLE = 0.72

/** Brings everything into view when boxes come or go; where that would be too small to read, the focus instead. */
function Fitter({ shown, focus }: { shown: Shown; focus: string }) {
  const { fitView, getZoom, setCenter } = useReactFlow()
  const { width, height } = useStore((state) => ({ width: state.width, height: state.height }), sameSize)
  useEffect(() => {
    if (width === 0 || height === 0) return
    const frame = requestAnimationFrame(async () => {
      await fitView({ padding: 0.06, maxZoom: 1 })
      const at = place(shown).find((one) => one.id === focus)
      if (getZoom() < READABLE && at) await setCenter(at.x + at.width / 2 - 90, at.y + at.height / 2, { zoom: READABLE + 0.08 })
    })
    return () => cancelAnimationFrame(frame)
  }, [shown, focus, width, height, fitView, getZoom, setCenter])
  return null
}

const sameSize = (a: { width: number; height: number }, b: { width: number; height: number }) => a.width === b.width && a.height === b.height

function Box({ data }: NodeProps<FlowNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {isFold(data.node) ? <FoldFace fold={data.node} /> : <NodeFace face={data} node={data.node} />}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}
const TYPES = { box: Box }

function FoldFace({ fold }: { fold: Fold }) {
  const { t } = useTranslation()
  return (
    <div className="box box-fold" data-testid="profile-fold">
      <IconPlus size={13} aria-hidden />
      {t('profile.folded', { count: fold.count })}
    </div>
  )
}

function NodeFace({ face, node }: { face: Face; node: ProfileNode }) {
  const { t } = useTranslation()
  const text = useText()
  const Icon = KIND_ICONS[node.kind]
  const { onContextMenu } = useObjectMenu(objectOfNode(node))
  const level = worst(node)
  const { process } = node
  const reason = text(node.reason)
  return (
    <div
      className={`box box-${node.kind}${level ? ` box-flagged box-${level}` : ''}${face.focus ? ' box-focus' : ''}${face.chosen ? ' box-chosen' : ''}`}
      title={process?.cmd || reason || node.label}
      onContextMenu={onContextMenu}
      data-node={node.id}
      data-label={shortLabel(node)}
    >
      <div className="box-head">
        <Icon size={15} aria-hidden />
        <strong className="clip">{shortLabel(node)}</strong>
        <Flags node={node} />
      </div>
      {node.kind === 'process' && <div className="box-line num clip">{[process?.pid ? `PID ${process.pid}` : '', process?.user ?? ''].filter(Boolean).join(' · ')}</div>}
      {node.kind === 'process' && <div className="box-line mono clip">{process?.cmd}</div>}
      {node.kind === 'missing' && <div className="box-line box-reason">{reason}</div>}
      {node.hasMoreChildren && !face.busy && (
        <button type="button" className="box-grow nodrag" aria-label={t('profile.more', { label: node.label })} title={t('profile.more', { label: node.label })} onClick={stop(() => face.onGrow(node.id))}>
          <IconPlus size={12} aria-hidden />
        </button>
      )}
      {face.opened && !node.hasMoreChildren && face.childrenShown && (
        <button type="button" className="box-grow nodrag" aria-label={t('profile.fold', { label: node.label })} title={t('profile.fold', { label: node.label })} onClick={stop(() => face.onFold(node.id))}>
          <IconChevronLeft size={12} aria-hidden />
        </button>
      )}
    </div>
  )
}

const stop = (action: () => void) => (event: { stopPropagation: () => void }) => {
  event.stopPropagation()
  action()
}

function Flags({ node }: { node: ProfileNode }) {
  const text = useText()
  if (node.flagged.length === 0) return null
  return (
    <span className="box-flags" title={node.flagged.map((flag) => text(flag.title)).join('\n')}>
      {node.flagged.slice(0, 4).map((flag) => (
        <SeverityMark key={`${flag.filterId}-${flag.uuid}`} level={flag.risk} size={9} />
      ))}
      <span className="visually-hidden">{node.flagged.map((flag) => text(flag.title)).join(', ')}</span>
    </span>
  )
}
