import { useTranslation } from 'react-i18next'

/** The reader's zone as the browser knows it, for example Asia/Tokyo. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

// Swedish writes dates as ISO does; only the zone changes.
const FULL = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: ZONE })

/** "2026-11-22 22:53:52" in the reader's zone; empty for what is no time. */
export function momentText(iso: string | number | null | undefined): string {
  if (iso === null || iso === undefined || iso === '') return ''
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? '' : FULL.format(date)
}

/** The zone's offset now, "GMT+9". */
export function zoneOffset(): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: ZONE, timeZoneName: 'shortOffset' }).formatToParts(new Date())
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}

/** For dense tables: the present year is left out; of another year's moment, the seconds. */
export function shortMoment(text: string, thisYear: string): string {
  return text.startsWith(`${thisYear}-`) ? text.slice(5) : text.slice(0, 16)
}

/** A moment in the reader's zone; the ISO text stands in the tooltip. */
export function Moment({ at, short = false }: { at: string | number | null | undefined; short?: boolean }) {
  const text = momentText(at)
  if (!text) return <span className="dim">–</span>
  const iso = new Date(at as string | number).toISOString()
  return (
    <time className="nowrap" dateTime={iso} title={iso}>
      {short ? shortMoment(text, momentText(Date.now()).slice(0, 4)) : text}
    </time>
  )
}

/** A span in the two largest units that say something: "3 min 38 s", "2 d 4 h". */
export function useSpan(): (seconds: number) => string {
  const { t } = useTranslation()
  return (seconds) => {
    const whole = Math.max(0, Math.round(seconds))
    const units = [
      { size: 86_400, key: 'span.days' },
      { size: 3_600, key: 'span.hours' },
      { size: 60, key: 'span.minutes' },
      { size: 1, key: 'span.seconds' },
    ]
    const first = units.findIndex((unit) => whole >= unit.size)
    if (first === -1) return t('span.seconds', { n: 0 })
    let rest = whole
    const parts: string[] = []
    for (const unit of units.slice(first, first + 2)) {
      const n = Math.floor(rest / unit.size)
      rest -= n * unit.size
      if (n > 0) parts.push(t(unit.key, { n }))
    }
    return parts.join(' ')
  }
}
