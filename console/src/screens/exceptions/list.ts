/** Which exceptions are shown. Thinking only. */
import type { ExceptionRow } from '../../api/exceptionShapes'

export const STATES = ['active', 'off', 'expired', 'unused'] as const
export type State = (typeof STATES)[number]

const HOLDS: Record<State, (row: ExceptionRow) => boolean> = {
  active: (row) => row.enabled && !row.expired,
  off: (row) => !row.enabled,
  expired: (row) => row.expired,
  unused: (row) => row.hits === 0,
}

/** `filter`: of this filter or of all; `filters`: of one of these or of all; several states mean one of them. */
export type Wanted = { search: string; states: State[]; filter: string; filters: string[] | null }

/** What fits, newest first. */
export function chosenExceptions(rows: ExceptionRow[], wanted: Wanted): ExceptionRow[] {
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (row: ExceptionRow) => {
    const hay = [row.field, row.value, row.reason, row.createdBy, row.filterId ?? '', row.filterTitle?.en ?? '', row.filterTitle?.ja ?? '', ...(row.scope?.endpoints ?? [])].join(' ').toLowerCase()
    return (
      (wanted.states.length === 0 || wanted.states.some((state) => HOLDS[state](row))) &&
      (!wanted.filter || !row.filterId || row.filterId === wanted.filter) &&
      (!wanted.filters || !row.filterId || wanted.filters.includes(row.filterId)) &&
      words.every((word) => hay.includes(word))
    )
  }
  return rows.filter(fits).sort((a, b) => b.createdDateTime.localeCompare(a.createdDateTime))
}
