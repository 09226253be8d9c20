/** A value in pieces: what met the predicate and what stands round it. Spans count characters, as the server does. */

export type Piece = { text: string; met: boolean }
export type Cut = { pieces: Piece[]; before: boolean; after: boolean }

export const SHORT = 140

/** The pieces of a value; `most` characters of it, round the first span. */
export function piecesOf(value: string, spans: [number, number][] = [], most = Infinity): Cut {
  const letters = Array.from(value)
  const first = spans[0] ?? [0, 0]
  const low = first[1] > most ? Math.max(0, first[0] - Math.floor(most / 4)) : 0
  const high = Math.min(letters.length, Math.max(low + most, 0))
  const pieces: Piece[] = []
  let at = low
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(at, start)
    const to = Math.min(end, high)
    if (from >= to) continue
    if (from > at) pieces.push({ text: letters.slice(at, from).join(''), met: false })
    pieces.push({ text: letters.slice(from, to).join(''), met: true })
    at = to
  }
  if (at < high) pieces.push({ text: letters.slice(at, high).join(''), met: false })
  return { pieces, before: low > 0, after: high < letters.length }
}
