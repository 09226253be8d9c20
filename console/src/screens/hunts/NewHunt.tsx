import { Button, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { readReport, savedQueriesQuery, useHuntChanges } from '../../api/hunts'
import type { HuntKind, ReportPreview } from '../../api/huntShapes'
import { boundsOf } from '../../components/range'
import { Empty, useErrorText } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { readHunt, wishOf, writeHunt, type HuntForm } from './huntForm'
import { Indicators } from './Indicators'
import '../models/models.css'
import './hunts.css'

const KINDS: HuntKind[] = ['technique', 'group', 'report', 'query']

/** Where a hunt begins: with a technique, with a group, with a report somebody sent, or with a saved query. */
export function NewHunt() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const form = readHunt(address)
  const [text, setText] = useState('')
  const navigate = useNavigate()
  const errorText = useErrorText()
  const { start } = useHuntChanges()
  const report = useMutation({ mutationFn: readReport })
  usePageTitle(t('hunts.new'))
  const set = (changes: Partial<HuntForm>) => setAddress(writeHunt({ ...form, ...changes }))
  const wish = wishOf(form, text, boundsOf(form.range, Date.now()), Date.now())
  // A report is swept only after a person has seen what was read out of it.
  const ready = wish !== null && (form.kind !== 'report' || (report.data !== undefined && report.variables === text))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (form.kind === 'report' && !ready) report.mutate(text)
    else if (wish) start.mutate(wish, { onSuccess: ({ id }) => void navigate({ to: '/hunts/runs/$id', params: { id } }) })
  }
  return (
    <form className="page" onSubmit={submit}>
      <div className="page-head">
        <h1 className="grow">{t('hunts.new')}</h1>
        <TimeRange range={form.range} onChange={(range) => set({ range })} />
      </div>
      <section className="panel panel-body col">
        <SegmentedControl size="xs" aria-label={t('hunts.from')} value={form.kind} onChange={(kind) => set({ kind: kind as HuntKind })} data={KINDS.map((value) => ({ value, label: t(`hunts.kind.${value}`) }))} />
        <p className="dim" style={{ margin: 0 }}>{t(`hunts.kindHelp.${form.kind}`)}</p>
        <Start form={form} set={set} text={text} setText={setText} />
        {(report.isError || start.isError) && <p role="alert" className="bad">{errorText(start.error ?? report.error)}</p>}
        <div className="row">
          {form.kind === 'report' && <Button type="button" variant={ready ? 'default' : 'filled'} disabled={text.trim() === ''} loading={report.isPending} onClick={() => report.mutate(text)}>{t('hunts.readReport')}</Button>}
          {(form.kind !== 'report' || ready) && <Button type="submit" disabled={!ready} loading={start.isPending}>{t('hunts.start')}</Button>}
        </div>
      </section>
      {form.kind === 'report' && report.data && <Preview found={report.data} />}
    </form>
  )
}

type StartProps = { form: HuntForm; set: (changes: Partial<HuntForm>) => void; text: string; setText: (text: string) => void }

function Start({ form, set, text, setText }: StartProps) {
  const { t } = useTranslation()
  if (form.kind === 'technique') return <TextInput w={320} label={t('facet.technique')} placeholder="T1003.002" value={form.technique} onChange={(event) => set({ technique: event.currentTarget.value })} maxLength={40} />
  if (form.kind === 'group') return <TextInput w={320} label={t('hunts.group')} placeholder="G0016" value={form.group} onChange={(event) => set({ group: event.currentTarget.value })} maxLength={100} />
  if (form.kind === 'query') return <QueryPick chosen={form.queryId} onChoose={(queryId) => set({ queryId })} />
  return <Textarea label={t('hunts.report')} placeholder={t('hunts.reportHint')} value={text} onChange={(event) => setText(event.currentTarget.value)} autosize minRows={8} maxRows={20} maxLength={1_000_000} spellCheck={false} className="mono-input" />
}

function QueryPick({ chosen, onChoose }: { chosen: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const saved = useQuery(savedQueriesQuery).data?.items ?? []
  return <Select w={420} searchable label={t('hunts.query')} value={chosen || null} onChange={(id) => onChoose(id ?? '')} data={saved.map((one) => ({ value: one.id, label: one.name }))} nothingFoundMessage={t('hunts.noQueries')} />
}

/** What was read out of a report, before anything is looked for. */
function Preview({ found }: { found: ReportPreview }) {
  const { t } = useTranslation()
  if (found.indicators.length === 0 && found.techniques.length === 0) return <section className="panel"><Empty title={t('hunts.nothingRead')}><p>{t('hunts.nothingReadHelp')}</p></Empty></section>
  return (
    <section className="panel" aria-label={t('hunts.found')}>
      <div className="panel-head"><h2>{t('hunts.found')}</h2><span className="dim num">{t('hunts.foundCounts', { indicators: found.indicators.length, techniques: found.techniques.length })}</span></div>
      {found.techniques.length > 0 && <div className="panel-body row wrap"><Techniques techniques={found.techniques} named /></div>}
      <Indicators items={found.indicators} />
    </section>
  )
}

