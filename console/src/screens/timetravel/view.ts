import type { Group, Pair, Wish } from '../../api/timeTravel'
import type { ContentKind } from '../../api/contentShapes'
import { boundsOf, readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const GROUPS: readonly Group[] = ['onlyNow', 'onlyThen', 'both']

/** A text that is tried in the place of what is in effect; an empty `id` is new content. */
export type Draft = { kind: ContentKind; id: string; text: string }

export type View = { range: Range; models: string[]; group: Group; cursor: string; job: string; /** As if there were no exceptions. */ bare: boolean }

export function readView(address: Address): View {
  return {
    range: readRange(address, '7d'),
    models: (address.models ?? '').split(',').filter(Boolean),
    group: GROUPS.find((one) => one === address.group) ?? 'onlyNow',
    cursor: address.cursor ?? '',
    job: address.job ?? '',
    bare: address.exceptions === 'none',
  }
}

export function writeView(changes: Partial<View>): Record<string, string | undefined> {
  const written: Record<string, string | undefined> = {}
  if (changes.range) Object.assign(written, writeRange(changes.range, '7d'))
  if (changes.models) written.models = changes.models.join(',') || undefined
  if (changes.group) written.group = changes.group === 'onlyNow' ? undefined : changes.group
  if (changes.cursor !== undefined) written.cursor = changes.cursor || undefined
  if (changes.job !== undefined) written.job = changes.job || undefined
  if (changes.bare !== undefined) written.exceptions = changes.bare ? 'none' : undefined
  return written
}

/** What the server is asked for. */
export function wishOf(view: View, draft: Draft | null, nowMs: number): Wish {
  const text = draft && draft.text.trim() !== '' ? [{ kind: draft.kind, text: draft.text, ...(draft.id ? { id: draft.id } : {}) }] : []
  return {
    ...boundsOf(view.range, nowMs),
    ...(view.models.length > 0 ? { models: view.models } : {}),
    ...(view.bare ? { exceptions: false } : {}),
    ...(text.length > 0 ? { texts: text } : {}),
  }
}

/** The group to show first: the one that was chosen if it has anything, else the first that has. */
export function groupShown(chosen: Group, counts: Record<Group, number>): Group {
  if (counts[chosen] > 0) return chosen
  return GROUPS.find((group) => counts[group] > 0) ?? chosen
}

export function rowsOf(items: Pair[], group: Group): Pair[] {
  return items.filter((item) => item.group === group)
}
