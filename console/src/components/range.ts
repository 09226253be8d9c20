/** A span of time as the address bar keeps it: a preset, or two moments. */
import type { Address } from '../frame/address'

export const PRESETS = ['1h', '24h', '7d', '30d', 'all'] as const
export type Preset = (typeof PRESETS)[number]
export type Range = { preset: Preset } | { from: string; to: string }

const LENGTH_MS: Record<Exclude<Preset, 'all'>, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 }

export function readRange(address: Address, fallback: Preset = '24h'): Range {
  const { from = '', to = '' } = address
  if (isMoment(from) && isMoment(to) && from < to) return { from, to }
  return { preset: PRESETS.find((one) => one === address.range) ?? fallback }
}

export function writeRange(range: Range, fallback: Preset = '24h'): Record<'range' | 'from' | 'to', string | undefined> {
  if ('preset' in range) return { range: range.preset === fallback ? undefined : range.preset, from: undefined, to: undefined }
  return { range: undefined, from: range.from, to: range.to }
}

/** The two moments of a range, ISO UTC; "all" has none. */
export function boundsOf(range: Range, nowMs: number): { from?: string; to?: string } {
  if ('from' in range) return range
  if (range.preset === 'all') return {}
  return { from: new Date(nowMs - LENGTH_MS[range.preset]).toISOString(), to: new Date(nowMs).toISOString() }
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text))
}
