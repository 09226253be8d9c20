/** Counts per day without gaps. Thinking only. */
export type DayCount = { day: string; count: number }

const DAY_MS = 86_400_000
/** More bars than this cannot be told apart. */
const MOST_DAYS = 120

/** Every day (UTC, YYYY-MM-DD) from the first to the last, those without matches too; spans too long to draw stay as they are. */
export function everyDay(counts: DayCount[]): DayCount[] {
  const sorted = [...counts].sort((a, b) => a.day.localeCompare(b.day))
  const first = Date.parse(sorted[0]?.day ?? '')
  const last = Date.parse(sorted.at(-1)?.day ?? '')
  const length = (last - first) / DAY_MS + 1
  if (!Number.isFinite(length) || length > MOST_DAYS) return sorted
  const told = new Map(sorted.map((one) => [one.day, one.count]))
  return Array.from({ length }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10)).map((day) => ({ day, count: told.get(day) ?? 0 }))
}
