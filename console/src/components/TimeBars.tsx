import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { momentText } from './Moment'
import './histogram.css'

const WIDTH = 1000
const HEIGHT = 84

/** One bar: its time in ms, and its counts from the foot up, each with its colour. */
export type Bar = { t: number; parts: { colour: string; count: number }[] }
type Props = { bars: Bar[]; bucketMs: number; label: string; onSpan: (from: string, to: string) => void }

export const totalOf = (bar: Bar | undefined) => bar?.parts.reduce((sum, part) => sum + part.count, 0) ?? 0

/** Counts over time. Dragging across it asks for that span; so do the arrows with Shift, and Enter. */
export function TimeBars({ bars, bucketMs, label, onSpan }: Props) {
  const { t } = useTranslation()
  const chart = useRef<SVGSVGElement>(null)
  const [drag, setDrag] = useState<[number, number] | null>(null)
  const [cursor, setCursor] = useState<[number, number] | null>(null)
  const highest = Math.max(1, ...bars.map(totalOf))
  const step = WIDTH / Math.max(1, bars.length)
  const indexAt = (event: PointerEvent) => {
    const box = chart.current?.getBoundingClientRect()
    if (!box || box.width === 0) return 0
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bars.length)))
  }
  const ask = (span: [number, number] | null) => {
    setDrag(null)
    setCursor(null)
    const [first, last] = [bars[Math.min(...(span ?? []))], bars[Math.max(...(span ?? []))]]
    if (first && last) onSpan(new Date(first.t).toISOString(), new Date(last.t + bucketMs).toISOString())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = movedBy(event.key, cursor ?? [0, -1], bars.length)
    if (moved !== null) setCursor([event.shiftKey && cursor ? cursor[0] : moved, moved])
    else if (event.key === 'Enter' && cursor) ask(cursor)
    else if (event.key === 'Escape' && cursor) setCursor(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const span = drag ?? cursor
  return (
    <figure className="histogram" aria-label={label}>
      <svg
        ref={chart}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        tabIndex={0}
        role="application"
        aria-label={`${label}. ${t('histogram.keys')}`}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag([indexAt(event), indexAt(event)])
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], indexAt(event)])}
        onPointerUp={() => drag && ask(drag)}
        onPointerCancel={() => setDrag(null)}
      >
        {bars.map((bar, index) => <BarShape key={bar.t} bar={bar} x={index * step} width={step} scale={(HEIGHT - 4) / highest} />)}
        {span && <rect className="histogram-span" x={Math.min(...span) * step} width={(Math.abs(span[1] - span[0]) + 1) * step} y={0} height={HEIGHT} />}
      </svg>
      <figcaption className="num">
        <span>{momentText(bars[0]?.t)}</span>
        <span aria-live="polite">{span ? spanText(bars, bucketMs, span) : t('histogram.most', { count: highest })}</span>
        <span>{momentText((bars.at(-1)?.t ?? Number.NaN) + bucketMs)}</span>
      </figcaption>
    </figure>
  )
}

/** Where the keyboard's cursor goes; null for keys that do not move it. */
export function movedBy(key: string, [, at]: [number, number], count: number): number | null {
  const last = count - 1
  if (key === 'ArrowRight') return Math.min(at + 1, last)
  if (key === 'ArrowLeft') return Math.max(at - 1, 0)
  if (key === 'Home') return 0
  return key === 'End' ? last : null
}

function spanText(bars: Bar[], bucketMs: number, span: [number, number]): string {
  const [first, last] = [Math.min(...span), Math.max(...span)]
  const count = bars.slice(first, last + 1).reduce((sum, bar) => sum + totalOf(bar), 0)
  return `${momentText(bars[first]?.t)} – ${momentText((bars[last]?.t ?? Number.NaN) + bucketMs)}: ${count.toLocaleString()}`
}

function BarShape({ bar, x, width, scale }: { bar: Bar; x: number; width: number; scale: number }) {
  let top = HEIGHT
  return (
    <g>
      <title>{`${momentText(bar.t)}: ${totalOf(bar).toLocaleString()}`}</title>
      <rect x={x} y={0} width={width} height={HEIGHT} fill="transparent" />
      {bar.parts.map(({ colour, count }) => {
        if (count === 0) return null
        const height = Math.max(1.5, count * scale)
        top -= height
        return <rect key={colour} x={x + 0.5} y={top} width={Math.max(1, width - 1)} height={height} fill={colour} />
      })}
    </g>
  )
}

/** More bars than this cannot be told apart. */
const MOST_BARS = 400

/** Every time of the span, those without a count too, which the server leaves out; without bounds, from first to last. */
export function timesOf(told: number[], bucketMs: number, span: { from?: string; to?: string }): number[] {
  const first = span.from ? Date.parse(span.from) : Math.min(...told)
  const last = span.to ? Date.parse(span.to) : Math.max(...told)
  if (!Number.isFinite(first) || !Number.isFinite(last) || bucketMs <= 0) return told
  const start = Math.min(Math.floor(first / bucketMs) * bucketMs, ...told)
  const count = Math.floor((last - start) / bucketMs) + 1
  if (count > MOST_BARS) return told
  return Array.from({ length: count }, (_, index) => start + index * bucketMs)
}
