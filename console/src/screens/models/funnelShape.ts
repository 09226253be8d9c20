/** Counts of a funnel as lengths. Thinking only. */

/** From 0 (nothing) to 1 (the greatest): by their logarithms, for each step is a small part of the one before. */
export function lengths(counts: number[]): number[] {
  const greatest = Math.max(0, ...counts)
  if (greatest === 0) return counts.map(() => 0)
  return counts.map((count) => (count <= 0 ? 0 : Math.max(0.06, Math.log1p(count) / Math.log1p(greatest))))
}

/** The part that went on to the next step, as a person says it: "12 %", "0.4 %", "1 of 20,000". */
export function share(count: number, before: number, format: (n: number) => string): string {
  if (before <= 0 || count <= 0) return ''
  const percent = (count / before) * 100
  if (percent > 100) return ''
  if (percent >= 1) return `${Math.round(percent)} %`
  if (percent >= 0.1) return `${percent.toFixed(1)} %`
  return `1 : ${format(Math.round(before / count))}`
}
