/** Where a hunt begins, as the address keeps it: a technique's or group's page, and Search, link to a form that is filled in. */
import type { HuntKind, HuntWish } from '../../api/huntShapes'
import { readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'
import { techniquesIn } from './view'

export type HuntForm = { kind: HuntKind; technique: string; group: string; queryId: string; range: Range }

const KINDS: HuntKind[] = ['technique', 'group', 'report', 'query']
const DEFAULT_RANGE = '30d'

export function readHunt(address: Address): HuntForm {
  const { technique = '', group = '', queryId = '' } = address
  return { kind: KINDS.find((one) => one === address.kind) ?? 'technique', technique, group, queryId, range: readRange(address, DEFAULT_RANGE) }
}

export function writeHunt({ kind, technique, group, queryId, range }: HuntForm): Record<string, string | undefined> {
  return { kind: kind === 'technique' ? undefined : kind, technique: technique || undefined, group: group || undefined, queryId: queryId || undefined, ...writeRange(range, DEFAULT_RANGE) }
}

/** The hunt as it is asked for; null while something is missing. "All times" begins with the first of them. */
export function wishOf(form: HuntForm, text: string, bounds: { from?: string; to?: string }, nowMs: number): HuntWish | null {
  const span = { from: bounds.from ?? new Date(0).toISOString(), to: bounds.to ?? new Date(nowMs).toISOString() }
  const [technique] = techniquesIn(form.technique)
  if (form.kind === 'technique') return technique ? { kind: 'technique', technique, ...span } : null
  if (form.kind === 'group') return form.group.trim() ? { kind: 'group', group: form.group.trim(), ...span } : null
  if (form.kind === 'query') return form.queryId ? { kind: 'query', queryId: form.queryId, ...span } : null
  return text.trim() ? { kind: 'report', text, ...span } : null
}
