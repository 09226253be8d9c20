/** What a person sees of the Observed Attack Techniques, all of it in the address bar. */
import type { DetectionQuery } from '../../api/detections'
import type { FacetName } from '../../api/shapes'
import { boundsOf, readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const FACETS: readonly FacetName[] = ['risk', 'tactic', 'technique', 'filter', 'endpoint']

export type View = {
  range: Range
  search: string
  /** Chosen values by facet; empty = all. */
  chosen: Record<FacetName, string[]>
  /** Filters whose detections are not shown. */
  hidden: string[]
  cursor: string
}

const DEFAULT_RANGE = '7d'

export function readView(address: Address): View {
  const chosen = Object.fromEntries(FACETS.map((facet) => [facet, listOf(address[facet])])) as View['chosen']
  return { range: readRange(address, DEFAULT_RANGE), search: address.search ?? '', chosen, hidden: listOf(address.hidden), cursor: address.cursor ?? '' }
}

export function writeView(view: View): Record<string, string | undefined> {
  return {
    ...writeRange(view.range, DEFAULT_RANGE),
    search: view.search || undefined,
    ...Object.fromEntries(FACETS.map((facet) => [facet, view.chosen[facet].join(',') || undefined])),
    hidden: view.hidden.join(',') || undefined,
    cursor: view.cursor || undefined,
  }
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((value) => value !== '')
}

/** What the view asks of the server. */
export function detectionQueryOf(view: View, nowMs: number): DetectionQuery {
  const chosen = Object.fromEntries(FACETS.map((facet) => [facet, view.chosen[facet].join(',')]))
  return { ...boundsOf(view.range, nowMs), ...chosen, search: view.search }
}
