import { useTranslation } from 'react-i18next'
import type { Histogram as Counts } from '../api/shapes'
import { LEVELS } from './Severity'
import { TimeBars, timesOf, totalOf, type Bar } from './TimeBars'

const UPWARDS = [...LEVELS].reverse()

/** Detections over time, stacked by level; dragging across it asks for that span. */
export function Histogram({ data, span, onSpan }: { data: Counts; span: { from?: string; to?: string }; onSpan: (from: string, to: string) => void }) {
  const { t } = useTranslation()
  const bars = filled(data, span)
  const count = bars.reduce((sum, bar) => sum + totalOf(bar), 0)
  return <TimeBars bars={bars} bucketMs={data.bucketMs} label={t('histogram.label', { count })} onSpan={onSpan} />
}

/** A bar for every bucket of the span. */
export function filled({ buckets, bucketMs }: Counts, span: { from?: string; to?: string }): Bar[] {
  const told = new Map(buckets.map((bucket) => [new Date(bucket.t).getTime(), bucket]))
  return timesOf([...told.keys()], bucketMs, span).map((t) => ({
    t,
    parts: UPWARDS.map((level) => ({ colour: `var(--h-${level})`, count: told.get(t)?.[level] ?? 0 })),
  }))
}
