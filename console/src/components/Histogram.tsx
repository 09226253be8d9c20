import { useRef, useState, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Histogram as Counts, Severity } from '../api/shapes'
import { momentText } from './Moment'
import { LEVELS } from './Severity'
import './histogram.css'

const WIDTH = 1000
const HEIGHT = 84
const UPWARDS = [...LEVELS].reverse()

/** Counts over time, stacked by level; dragging across it asks for that span. */
export function Histogram({ data, span, onSpan }: { data: Counts; span: { from?: string; to?: string }; onSpan: (from: string, to: string) => void }) {
  const { t } = useTranslation()
  const chart = useRef<SVGSVGElement>(null)
  const [drag, setDrag] = useState<[number, number] | null>(null)
  const { bucketMs } = data
  const buckets = filled(data, span)
  const totals = buckets.map((bucket) => LEVELS.reduce((sum, level) => sum + (bucket[level] ?? 0), 0))
  const highest = Math.max(1, ...totals)
  const step = WIDTH / Math.max(1, buckets.length)
  const indexAt = (event: PointerEvent) => {
    const box = chart.current?.getBoundingClientRect()
    if (!box || box.width === 0) return 0
    return Math.min(buckets.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * buckets.length)))
  }
  const finish = () => {
    if (!drag) return
    const [first, last] = [Math.min(...drag), Math.max(...drag)]
    setDrag(null)
    const start = startOf(buckets[first])
    const end = startOf(buckets[last]) + bucketMs
    if (start < end) onSpan(new Date(start).toISOString(), new Date(end).toISOString())
  }
  return (
    <figure className="histogram" aria-label={t('histogram.label', { count: totals.reduce((sum, n) => sum + n, 0) })}>
      <svg
        ref={chart}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag([indexAt(event), indexAt(event)])
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], indexAt(event)])}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {buckets.map((bucket, index) => (
          <Bar key={String(bucket.t)} counts={bucket} x={index * step} width={step} scale={(HEIGHT - 4) / highest} title={titleOf(bucket, totals[index] ?? 0)} />
        ))}
        {drag && <rect className="histogram-span" x={Math.min(...drag) * step} width={(Math.abs(drag[1] - drag[0]) + 1) * step} y={0} height={HEIGHT} />}
      </svg>
      <figcaption className="num">
        <span>{momentText(startOf(buckets[0]))}</span>
        <span>{t('histogram.most', { count: highest })}</span>
        <span>{buckets.length > 0 ? momentText(startOf(buckets.at(-1)) + bucketMs) : ''}</span>
      </figcaption>
    </figure>
  )
}

type Bucket = Counts['buckets'][number]

/** More bars than this cannot be told apart. */
const MOST_BARS = 400

/** Every bucket of the span, the empty ones too, which the server leaves out; without bounds, from first to last. */
export function filled({ buckets, bucketMs }: Counts, span: { from?: string; to?: string }): Bucket[] {
  const told = new Map(buckets.map((bucket) => [startOf(bucket), bucket]))
  const times = [...told.keys()]
  const first = span.from ? Date.parse(span.from) : Math.min(...times)
  const last = span.to ? Date.parse(span.to) : Math.max(...times)
  if (!Number.isFinite(first) || !Number.isFinite(last)) return buckets
  const start = Math.min(Math.floor(first / bucketMs) * bucketMs, ...times)
  const count = Math.floor((last - start) / bucketMs) + 1
  if (count > MOST_BARS) return buckets
  return Array.from({ length: count }, (_, index) => told.get(start + index * bucketMs) ?? { t: start + index * bucketMs })
}

function startOf(bucket: Bucket | undefined): number {
  return bucket ? new Date(bucket.t).getTime() : Number.NaN
}

function titleOf(bucket: Bucket, total: number): string {
  return `${momentText(bucket.t)}: ${total}`
}

function Bar({ counts, x, width, scale, title }: { counts: Partial<Record<Severity, number>>; x: number; width: number; scale: number; title: string }) {
  let top = HEIGHT
  return (
    <g>
      <title>{title}</title>
      <rect x={x} y={0} width={width} height={HEIGHT} fill="transparent" />
      {UPWARDS.map((level) => {
        const count = counts[level] ?? 0
        if (count === 0) return null
        const height = Math.max(1.5, count * scale)
        top -= height
        return <rect key={level} x={x + 0.5} y={top} width={Math.max(1, width - 1)} height={height} fill={`var(--h-${level})`} />
      })}
    </g>
  )
}
