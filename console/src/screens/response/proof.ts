/** The evidence of a task as rows of a table: what was so before, what was so after. Thinking only. */
import type { Step } from '../../api/responseShapes'

export type ProofRow = { name: string; before: string; after: string }

/** Nested evidence as names with dots, so that each row holds one fact. */
export function flat(value: unknown, name = ''): [string, string][] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.every((one) => typeof one !== 'object' || one === null) ? [[name, value.map(String).join(', ')]] : value.flatMap((one, index) => flat(one, `${name}[${index + 1}]`))
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, one]) => flat(one, name ? `${name}.${key}` : key))
  return [[name, String(value)]]
}

/** `before` is what was found before the command was handed out, `verification` what was seen after it was done; the last of each counts. */
export function proofRows(steps: Step[]): ProofRow[] {
  const last = (key: string) => [...steps].reverse().find((step) => step.evidence && key in step.evidence)?.evidence?.[key]
  const before = new Map(flat(last('before')))
  const verification = last('verification')
  const seen = verification && typeof verification === 'object' && 'after' in verification ? { ...verification, ...(verification.after as object), after: undefined, before: undefined } : verification
  const after = new Map(flat(seen))
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }))
}
