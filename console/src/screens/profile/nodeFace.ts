import { IconAppWindow, IconBinaryTree, IconFileCode, IconFileText, IconQuestionMark, IconWorld } from '@tabler/icons-react'
import type { MenuObject } from '../../components/ObjectMenu'
import type { ProfileKind, ProfileNode, Severity } from '../../api/shapes'
import { LEVELS } from '../../components/Severity'

export const KIND_ICONS: Record<ProfileKind, typeof IconFileText> = {
  process: IconAppWindow,
  script: IconFileCode,
  file: IconFileText,
  registry: IconBinaryTree,
  address: IconWorld,
  missing: IconQuestionMark,
}

/** What stands in the box: of a path only its end, for the beginning says little. */
export function shortLabel(node: ProfileNode): string {
  return node.kind === 'script' || node.kind === 'file' ? (node.label.split(/[\\/]/).at(-1) ?? node.label) : node.label
}

/** The field of the vocabulary in which a node's value is looked for. */
const FIELDS: Record<ProfileKind, string> = {
  process: 'processFilePath', missing: 'processFilePath', script: '', file: 'objectFilePath', registry: 'objectRegistryKeyHandle', address: 'dst',
}

/** The node as the context menu knows it. */
export function objectOfNode(node: ProfileNode): MenuObject {
  const { process } = node
  const type = node.kind === 'missing' ? 'process' : node.kind
  const about = aboutOf(node)
  if (!process?.filePath) return { type, field: node.kind === 'missing' ? '' : FIELDS[node.kind], value: node.label, about }
  const key = process.endpointGuid && (process.hashId || process.pid)
    ? { endpointGuid: process.endpointGuid, ...(process.hashId ? { hashId: String(process.hashId) } : { pid: String(process.pid) }), ...(process.startDateTime ? { at: process.startDateTime } : {}) }
    : undefined
  return { type, field: FIELDS[node.kind], value: process.filePath, process: key, about }
}

/** What response actions want to know: the host, which process it is by its start, and its file's hash. */
function aboutOf({ process, kind }: ProfileNode): MenuObject['about'] {
  if (!process?.endpointGuid && !process?.endpointName) return undefined
  const startedMs = process.startDateTime ? Date.parse(process.startDateTime) : Number.NaN
  const isProcess = kind === 'process'
  return {
    guid: process.endpointGuid,
    name: process.endpointName,
    ...(isProcess && process.pid ? { pid: process.pid } : {}),
    ...(isProcess && !Number.isNaN(startedMs) ? { startedMs } : {}),
    ...(process.sha1 ? { sha1: process.sha1 } : {}),
    ...(process.sha256 ? { sha256: process.sha256 } : {}),
  }
}

/** The gravest level among the filters that flagged a node. */
export function worst(node: ProfileNode): Severity | undefined {
  return LEVELS.find((level) => node.flagged.some((one) => one.risk === level))
}
