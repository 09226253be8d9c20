import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useText } from '../../i18n'
import { ObjectValue } from '../../components/ObjectMenu'
import { SeverityMark } from '../../components/Severity'
import { isFold, type Shown } from './layout'
import { KIND_ICONS, objectOfNode, shortLabel } from './nodeFace'
import type { ChainProps } from './ProfileGraph'

/** The same chain as nested lists: for reading aloud, for printing, and for those who prefer text. */
export function ProfileList(props: ChainProps) {
  const { t } = useTranslation()
  const { shown } = props
  const targets = new Set(shown.edges.map((edge) => edge.to))
  const roots = shown.nodes.filter((node) => !targets.has(node.id))
  return (
    <div className="profile-list" role="tree" aria-label={t('profile.list')}>
      {roots.map((root) => (
        <Branch key={root.id} id={root.id} depth={1} seen={new Set()} {...props} />
      ))}
    </div>
  )
}

function childrenOf(shown: Shown, id: string): string[] {
  return shown.edges.filter((edge) => edge.from === id).map((edge) => edge.to)
}

/** `seen` holds the ancestors, so that a chain that bites its tail still ends. */
function Branch({ id, depth, seen, ...props }: ChainProps & { id: string; depth: number; seen: ReadonlySet<string> }) {
  const { t } = useTranslation()
  const text = useText()
  const node = props.shown.nodes.find((one) => one.id === id)
  if (!node || seen.has(id)) return null
  const children = childrenOf(props.shown, id)
  if (isFold(node)) {
    return (
      <button type="button" className="plain link profile-line" style={{ paddingLeft: depth * 20 }} onClick={() => props.onGrow(node.parent)}>
        {t('profile.folded', { count: node.count })}
      </button>
    )
  }
  const Icon = KIND_ICONS[node.kind]
  return (
    <Fragment>
      <div
        className="profile-line"
        role="treeitem"
        aria-level={depth}
        aria-selected={props.chosen === id}
        style={{ paddingLeft: depth * 20 }}
        onClick={() => props.onChoose(id)}
      >
        <Icon size={15} aria-hidden />
        <ObjectValue object={objectOfNode(node)}><strong title={node.label}>{shortLabel(node)}</strong></ObjectValue>
        {node.process?.pid && <span className="dim num">PID {node.process.pid}</span>}
        {node.flagged.map((flag) => (
          <span key={`${flag.filterId}-${flag.uuid}`} className="row tight">
            <SeverityMark level={flag.risk} size={9} />
            {text(flag.title)}
          </span>
        ))}
        {node.reason && <em className="dim">{text(node.reason)}</em>}
        {node.process?.cmd && <span className="mono dim clip">{node.process.cmd}</span>}
      </div>
      {children.map((child) => (
        <Branch key={child} id={child} depth={depth + 1} seen={new Set([...seen, id])} {...props} />
      ))}
    </Fragment>
  )
}
