import { ActionIcon, Skeleton } from '@mantine/core'
import { IconArrowBackUp, IconZoomOut } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { timeCountsQuery } from '../../api/search'
import type { TimeCounts } from '../../api/searchShapes'
import type { Range } from '../../components/range'
import { TimeBars, timesOf, type Bar } from '../../components/TimeBars'
import { useSearch } from './context'

/** When it happened. A dragged span becomes the time range; each can be taken back. */
export function OverTime() {
  const { t } = useTranslation()
  const { view, question, change } = useSearch()
  const [before, setBefore] = useState<Range[]>([])
  const found = useQuery({ ...timeCountsQuery(question), placeholderData: keepPreviousData })
  const zoom = (range: Range) => {
    setBefore((old) => [...old, view.range])
    change({ range, cursor: '' }, true)
  }
  const undo = () => {
    const last = before.at(-1)
    setBefore(before.slice(0, -1))
    if (last) change({ range: last, cursor: '' }, true)
  }
  // A query that cannot be read is told once, below.
  if (found.isError) return null
  const wider = 'from' in view.range ? widened(view.range) : null
  return (
    <section className="panel search-time" aria-label={t('search.overTime')}>
      {found.data ? <Chart counts={found.data} onSpan={(from, to) => zoom({ from, to })} /> : <Skeleton height={104} />}
      <div className="search-time-tools">
        <ActionIcon disabled={before.length === 0} aria-label={t('search.undoZoom')} title={t('search.undoZoom')} onClick={undo}><IconArrowBackUp size={16} /></ActionIcon>
        <ActionIcon disabled={wider === null} aria-label={t('search.zoomOut')} title={t('search.zoomOut')} onClick={() => wider && zoom(wider)}><IconZoomOut size={16} /></ActionIcon>
      </div>
    </section>
  )
}

function Chart({ counts, onSpan }: { counts: TimeCounts; onSpan: (from: string, to: string) => void }) {
  const { t } = useTranslation()
  const { question } = useSearch()
  const total = counts.items.reduce((sum, one) => sum + one.count, 0)
  return <TimeBars bars={barsOf(counts, question)} bucketMs={counts.bucketMs} label={t('search.overTimeOf', { count: total })} onSpan={onSpan} />
}

export function barsOf({ items, bucketMs }: Pick<TimeCounts, 'items' | 'bucketMs'>, span: { from?: string; to?: string }): Bar[] {
  const told = new Map(items.map((one) => [one.t, one.count]))
  return timesOf([...told.keys()], bucketMs, span).map((t) => ({ t, parts: [{ colour: 'var(--h-low)', count: told.get(t) ?? 0 }] }))
}

/** The span three times as long around the same middle. */
export function widened({ from, to }: { from: string; to: string }): { from: string; to: string } {
  const length = Date.parse(to) - Date.parse(from)
  return { from: new Date(Date.parse(from) - length).toISOString(), to: new Date(Date.parse(to) + length).toISOString() }
}
