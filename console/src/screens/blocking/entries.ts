/** Values that somebody pasted, as entries of the block list. Thinking only. */
import type { BlockEntry, BlockState, BlockType, HeldState } from '../../api/responseShapes'
import { blockTypeOf } from '../../components/response/wish'

export type Pasted = { value: string; type: BlockType | null }

/** One value a word: lines, commas and blanks part them; "hxxp" and "[.]" of reports are mended; the same value counts once. */
export function pastedIn(text: string): Pasted[] {
  const words = text.split(/[\s,;"']+/).map(mended).filter(Boolean)
  return [...new Set(words)].map((value) => ({ value, type: blockTypeOf(value) }))
}

function mended(word: string): string {
  return word.replaceAll(/\[\.\]|\(\.\)|\[dot\]/gi, '.').replaceAll(/\[@\]|\[at\]/gi, '@').replace(/^hxxp/i, 'http').replace(/^<(.*)>$/, '$1').replaceAll('[:]', ':')
}

export type Wanted = { search: string; types: BlockType[] }

export function chosenEntries(rows: BlockEntry[], { search, types }: Wanted): BlockEntry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (row: BlockEntry) => {
    const hay = `${row.value} ${row.description} ${row.createdBy} ${row.source}`.toLowerCase()
    return (types.length === 0 || types.includes(row.type)) && words.every((word) => hay.includes(word))
  }
  return rows.filter(fits).sort((a, b) => b.created - a.created)
}

export const STATE_BADGES: Record<BlockState | HeldState, string> = {
  enforced: 'badge-ok', partly: 'badge-warn', flagged: 'badge-warn', waiting: '', handedOn: '', notEnforced: 'badge-warn', listed: '', excepted: 'badge-warn',
}

/** [endpoints that refuse it, all]; null where endpoints have no part in it. */
export function reachOf({ type, state, enforcement }: Pick<BlockEntry, 'type' | 'state' | 'enforcement'>): [number, number] | null {
  const total = Object.values(enforcement).reduce((sum, count) => sum + count, 0)
  const isElsewhere = type === 'url' || type === 'senderMailAddress' || state === 'listed' || state === 'excepted'
  return isElsewhere || total === 0 ? null : [enforcement.enforced ?? 0, total]
}
