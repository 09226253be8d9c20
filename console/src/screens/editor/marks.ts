/** Findings of the server as marks in a text. Thinking only. */
import type { Finding } from '../../api/contentShapes'

export type Mark = { from: number; to: number; severity: 'error' | 'warning'; finding: Finding }

/** Where each line begins, in letters from the start of the text. */
function starts(text: string): number[] {
  const found = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) found.push(at + 1)
  return found
}

/** From its line and column to the end of the word that stands there; of a finding without a column the whole line, without a line the first. */
export function marksOf(text: string, findings: Finding[], severity: Mark['severity']): Mark[] {
  const lines = starts(text)
  return findings.map((finding) => {
    const line = Math.min(Math.max(finding.line ?? 1, 1), lines.length)
    const begin = lines[line - 1] as number
    const end = line < lines.length ? (lines[line] as number) - 1 : text.length
    const words = text.slice(begin, end)
    const column = finding.column ? Math.min(finding.column - 1, words.length) : words.search(/\S|$/)
    const length = finding.column ? (/^[^\s:,{}[\]]+/.exec(words.slice(column))?.[0].length ?? 1) : words.trim().length
    const from = begin + column
    return { from, to: Math.min(Math.max(from + length, from), end), severity, finding }
  })
}
