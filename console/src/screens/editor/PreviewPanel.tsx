import { Button, Progress, Select } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelPreview, readPreview, startPreview } from '../../api/content'
import type { ContentKind, Preview, PreviewSample } from '../../api/contentShapes'
import { FieldList, valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectScope } from '../../components/ObjectMenu'
import { RecordView } from '../../components/RecordView'
import { useErrorText } from '../../components/States'
import { useLanguage, useText } from '../../i18n'
import { everyDay } from './days'

const DAYS = ['1', '7', '14', '30']
const ASK_EVERY_MS = 500

type Props = { kind: ContentKind; /** '' while there is nothing to try. */ text: string; /** Goes up when the page asks for a run. */ asked: number }

/** What the draft would have found in the last days. Runs on the server; can be stopped; a new run replaces the old one. */
export function PreviewPanel({ kind, text, asked }: Props) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const [days, setDays] = useState('7')
  const [ran, setRan] = useState('')
  const start = useMutation({ mutationFn: startPreview })
  const stop = useMutation({ mutationFn: cancelPreview })
  const job = start.data?.job
  const result = useQuery({
    queryKey: ['preview', job],
    queryFn: ({ signal }) => readPreview(job as string, signal),
    enabled: job !== undefined,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : ASK_EVERY_MS),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const running = start.isPending || result.data?.state === 'running' || (job !== undefined && result.isPending)
  const run = () => {
    if (text === '') return
    if (job && running) stop.mutate(job)
    setRan(text)
    start.mutate({ kind, text, days: Number(days) })
  }
  useRunWhen(asked, run)
  useStopAtLeaving(running ? job : undefined)
  const error = start.error ?? result.error
  return (
    <div className="panel-body col" role="region" aria-label={t('preview.title')} style={{ flex: 1 }}>
      <div className="row">
        <h2 className="section-title grow" style={{ margin: 0 }}>{t('preview.title')}</h2>
        <Select aria-label={t('preview.days')} w={130} value={days} data={DAYS.map((n) => ({ value: n, label: t('preview.lastDays', { count: Number(n) }) }))} onChange={(chosen) => setDays(chosen ?? days)} />
        {running && job ? (
          <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={() => stop.mutate(job, { onSuccess: () => void result.refetch() })}>{t('action.cancel')}</Button>
        ) : (
          <Button variant="default" leftSection={<IconPlayerPlay size={14} />} disabled={text === ''} loading={start.isPending} title="Ctrl-Enter" onClick={run}>{t('preview.run')}</Button>
        )}
      </div>
      {error && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{errorText(error)}</p>}
      {!job && !error && <p className="dim" style={{ margin: 0 }}>{t('preview.help')}</p>}
      {result.data && <Result preview={result.data} stale={ran !== text} kind={kind} />}
    </div>
  )
}

function useRunWhen(asked: number, run: () => void): void {
  const before = useRef(asked)
  useEffect(() => {
    if (asked !== before.current) run()
    before.current = asked
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the number is the order
  }, [asked])
}

/** A preview that nobody looks at any more is not worth its work. */
function useStopAtLeaving(job: string | undefined): void {
  const latest = useRef(job)
  latest.current = job
  useEffect(() => () => {
    if (latest.current) void cancelPreview(latest.current).catch(() => undefined)
  }, [])
}

function Result({ preview, stale, kind }: { preview: Preview; stale: boolean; kind: ContentKind }) {
  const { t } = useTranslation()
  const text = useText()
  const language = useLanguage()
  const n = (count: number) => count.toLocaleString(language)
  return (
    <>
      {preview.state === 'running' && <Progress value={Math.max(2, preview.progress * 100)} aria-label={t('preview.progress')} />}
      {preview.state === 'failed' && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{text(preview.error)}</p>}
      <p className="num" style={{ margin: 0 }} data-testid="preview-result" data-state={preview.state}>
        <strong>{t('preview.matched', { count: preview.matched, n: n(preview.matched) })}</strong>
        {kind === 'model' && preview.alerts !== null && preview.alerts !== undefined && <strong> · {t('models.alerts', { count: preview.alerts })}</strong>}
        <span className="dim"> · {t('preview.read', { n: n(preview.read), seconds: preview.seconds.toFixed(1) })}</span>
        {preview.state === 'cancelled' && <span className="dim"> · {t('preview.cancelled')}</span>}
      </p>
      {stale && <p className="dim" style={{ margin: 0 }}>{t('preview.stale')}</p>}
      {preview.perDay.length > 0 && <Days perDay={everyDay(preview.perDay)} />}
      {preview.samples.length > 0 && <h3 className="section-title" style={{ margin: '6px 0 0' }}>{t('preview.samples')}</h3>}
      {preview.samples.map((sample) => <Sample key={sample.uuid} sample={sample} />)}
    </>
  )
}

function Days({ perDay }: { perDay: Preview['perDay'] }) {
  const { t } = useTranslation()
  const most = Math.max(1, ...perDay.map((one) => one.count))
  return (
    <figure style={{ margin: 0 }} aria-label={t('preview.perDay')}>
      <div className="preview-bars" role="list">
        {perDay.map((one) => (
          <span key={one.day} role="listitem" data-zero={one.count === 0} style={one.count > 0 ? { height: `${Math.max(4, (one.count / most) * 100)}%` } : undefined} title={`${one.day}: ${one.count}`} aria-label={`${one.day}: ${one.count}`} />
        ))}
      </div>
      <figcaption className="preview-days num"><span>{perDay[0]?.day}</span><span>{t('preview.most', { count: most })}</span><span>{perDay.at(-1)?.day}</span></figcaption>
    </figure>
  )
}

function Sample({ sample }: { sample: PreviewSample }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <ObjectScope uuid={sample.uuid}>
      <div className="sample">
        <div className="row">
          <Moment at={sample.eventDateTime} />
          <strong className="grow clip">{sample.endpointName}</strong>
          <button type="button" className="plain link" aria-expanded={open} onClick={() => setOpen(!open)}>{t('record.raw')}</button>
        </div>
        <FieldList fields={sample.highlights.filter((one) => valueText(one.value) !== '')} />
        {open && <RecordView uuid={sample.uuid} timeMs={Date.parse(sample.eventDateTime)} />}
      </div>
    </ObjectScope>
  )
}
