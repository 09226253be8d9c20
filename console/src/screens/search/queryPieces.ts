/** A query as pieces to be coloured and underlined. It judges nothing: the server says what is right. */

export type PieceKind = 'field' | 'word' | 'text' | 'number' | 'plain'
export type Piece = { text: string; kind: PieceKind; wrong: boolean }

const PATTERNS: [PieceKind, RegExp][] = [
  ['text', /"(?:[^"\\]|\\.)*"?/y],
  ['text', /\/(?:[^/\\\n]|\\.)+\//y],
  ['word', /(?:and|or|not)(?![\w.])/iy],
  ['field', /[A-Za-z_]\w*(?=\s*(?::|[<>]=?))/y],
  ['number', /\d[\w.:/-]*/y],
  ['plain', /\w+/y],
  ['plain', /[^\w"/]+/y],
]

/** The pieces of a query. `wrong` is where the mistake begins, counted from 0; what stands there is marked. */
export function piecesOf(query: string, wrong: number | null = null): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < query.length; ) {
    const [kind, text] = pieceAt(query, at)
    pieces.push({ kind, text, wrong: false })
    at += text.length
  }
  return wrong === null ? pieces : marked(pieces, wrong)
}

function pieceAt(query: string, at: number): [PieceKind, string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const found = pattern.exec(query)
    if (found) return [kind, found[0]]
  }
  return ['plain', query.charAt(at)]
}

/** The piece at `wrong` is cut out and marked; past the end, a space stands for what is missing. */
function marked(pieces: Piece[], wrong: number): Piece[] {
  const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0)
  if (wrong >= length) return [...pieces, { kind: 'plain', text: ' ', wrong: true }]
  let start = 0
  return pieces.flatMap((piece) => {
    const from = wrong - start
    start += piece.text.length
    if (from < 0 || from >= piece.text.length) return [piece]
    const before = piece.text.slice(0, from)
    return [...(before ? [{ ...piece, text: before }] : []), { ...piece, text: piece.text.slice(from), wrong: true }]
  })
}

/** The query with the word that begins at `at` (from 0) replaced. */
export function replacedAt(query: string, at: number, text: string): string {
  const word = /^(?:"(?:[^"\\]|\\.)*"?|[\w.*?-]+|[=<>!&|]+|\S)/.exec(query.slice(at))?.[0] ?? ''
  return query.slice(0, at) + text + query.slice(at + word.length)
}

/** The text with a completion put in, and where the cursor then stands. */
export function completed(text: string, from: number, to: number, insert: string): { text: string; position: number } {
  return { text: text.slice(0, from) + insert + text.slice(to), position: from + insert.length }
}
