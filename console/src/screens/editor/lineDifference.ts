/** Two texts compared line by line, and how to lay the difference out. Thinking only. */
import type { DifferenceLine } from '../../api/contentShapes'

/** One line of a difference with its numbers on both sides (from 1); null where a side has no such line. */
export type Row = { op: ' ' | '+' | '-'; text: string; left: number | null; right: number | null }
export type Pair = { left: Row | null; right: Row | null }
/** Lines that are shown, or a run of equal lines that is folded. */
export type Block<T> = { rows: T[]; folded: boolean }

export function numbered(lines: DifferenceLine[]): Row[] {
  let left = 0
  let right = 0
  return lines.map(({ op, text }) => {
    if (op !== '+') left += 1
    if (op !== '-') right += 1
    return { op, text, left: op === '+' ? null : left, right: op === '-' ? null : right }
  })
}

/** Side by side: lines that went stand beside those that came in their place. */
export function paired(rows: Row[]): Pair[] {
  const pairs: Pair[] = []
  let gone: Row[] = []
  let come: Row[] = []
  const flush = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) pairs.push({ left: gone[index] ?? null, right: come[index] ?? null })
    gone = []
    come = []
  }
  for (const row of rows) {
    if (row.op === '-') {
      if (come.length > 0) flush()
      gone.push(row)
    } else if (row.op === '+') come.push(row)
    else {
      flush()
      pairs.push({ left: row, right: row })
    }
  }
  flush()
  return pairs
}

/** Lines kept round each change; a shorter run of equal lines is not worth folding. */
const AROUND = 3
const LEAST_FOLD = 4

/** Long runs of equal lines become folded blocks. */
export function folded<T>(rows: T[], isEqual: (row: T) => boolean): Block<T>[] {
  const near = rows.map(() => false)
  rows.forEach((row, index) => {
    if (!isEqual(row)) for (let at = Math.max(0, index - AROUND); at <= Math.min(rows.length - 1, index + AROUND); at += 1) near[at] = true
  })
  const blocks: Block<T>[] = []
  rows.forEach((row, index) => {
    const hide = !near[index]
    const last = blocks.at(-1)
    if (last && last.folded === hide) last.rows.push(row)
    else blocks.push({ rows: [row], folded: hide })
  })
  return blocks.map((block) => ({ ...block, folded: block.folded && block.rows.length >= LEAST_FOLD }))
}

/** Texts longer than this are compared as wholes: the table below grows with the square of it. */
const MOST_LINES = 3_000

/** What must go and come to make `to` of `from`: the longest common run of lines stays. */
export function compared(from: string, to: string): DifferenceLine[] {
  const [a, b] = [from.split('\n'), to.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const same = (text: string): DifferenceLine => ({ op: ' ', text })
  return [...a.slice(0, head).map(same), ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...a.slice(a.length - tail).map(same)]
}

function middle(a: string[], b: string[]): DifferenceLine[] {
  const gone = (text: string): DifferenceLine => ({ op: '-', text })
  const come = (text: string): DifferenceLine => ({ op: '+', text })
  if (a.length > MOST_LINES || b.length > MOST_LINES) return [...a.map(gone), ...b.map(come)]
  const lengths = commonLengths(a, b)
  const length = (i: number, j: number) => lengths[i]?.[j] ?? 0
  const lines: DifferenceLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ op: ' ', text: a[i] as string })
      i += 1
      j += 1
    } else if (j === b.length || (i < a.length && length(i + 1, j) >= length(i, j + 1))) lines.push(gone(a[i++] as string))
    else lines.push(come(b[j++] as string))
  }
  return lines
}

/** The length of the longest common subsequence of `a` from i on and `b` from j on. */
function commonLengths(a: string[], b: string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i] as Uint16Array, table[i + 1] as Uint16Array]
    for (let j = b.length - 1; j >= 0; j -= 1) row[j] = a[i] === b[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number)
  }
  return table
}

/** Lines (from 1) at which a merged text still holds a mark of conflict. */
export function conflictLines(text: string): number[] {
  return text.split('\n').flatMap((line, index) => (/^(<{7}|={7}|>{7}|\|{7})( |$)/.test(line) ? [index + 1] : []))
}
