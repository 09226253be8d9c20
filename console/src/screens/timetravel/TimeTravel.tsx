import { Button, Checkbox, MultiSelect } from '@mantine/core'
import { IconFileText, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../../api/content'
import { dropTravel, readTravel, startTravel } from '../../api/timeTravel'
import { Empty, Loading, useErrorText } from '../../components/States'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { DraftField } from './DraftField'
import { Result } from './Result'
import './timetravel.css'
import { readView, wishOf, writeView, type Draft, type View } from './view'

const ASK_EVERY_MS = 400

/** The alerts as they would have been with the content of now, or with another text, beside those that were raised. */
export function TimeTravel() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = readView(address)
  const [draft, setDraft] = useState<Draft | null>(null)
  usePageTitle(t('nav.timeTravel'))
  const change = (changes: Partial<View>) => setAddress(writeView(changes))
  const travel = useTravel(view, draft, change)
  useKeys({ 'mod+Enter': travel.run, 'mod+enter': travel.run })
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.timeTravel')}</h1>
        <TimeRange range={view.range} onChange={(range) => change({ range })} />
        <ModelChoice chosen={view.models} onChoose={(models) => change({ models })} />
        <Checkbox size="xs" label={t('travel.bare')} checked={view.bare} onChange={(event) => change({ bare: event.currentTarget.checked })} />
        <Button variant={draft ? 'light' : 'default'} leftSection={<IconFileText size={14} />} aria-expanded={draft !== null} onClick={() => setDraft(draft ? null : { kind: 'model', id: '', text: '' })}>{t('travel.draft')}</Button>
        <span className="grow" />
        {travel.running ? (
          <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={travel.stop}>{t('action.cancel')}</Button>
        ) : (
          <Button leftSection={<IconPlayerPlay size={14} />} title="Ctrl-Enter" loading={travel.starting} onClick={travel.run}>{t('travel.run')}</Button>
        )}
      </div>
      <p className="dim" style={{ margin: 0 }}>{t('travel.lead')}</p>
      {draft && <DraftField draft={draft} onChange={setDraft} onRun={travel.run} />}
      <Outcome view={view} travel={travel} change={change} />
    </div>
  )
}

function ModelChoice({ chosen, onChoose }: { chosen: string[]; onChoose: (models: string[]) => void }) {
  const { t } = useTranslation()
  const text = useText()
  const models = useQuery(modelsQuery)
  const data = (models.data?.items ?? []).map((one) => ({ value: one.id, label: text(one.name) }))
  return (
    <MultiSelect
      className="travel-models"
      size="xs"
      aria-label={t('travel.models')}
      placeholder={chosen.length === 0 ? t('travel.allModels') : ''}
      data={data}
      value={chosen}
      onChange={onChoose}
      searchable
      clearable
      maxDropdownHeight={320}
      nothingFoundMessage={t('travel.noModel')}
    />
  )
}

function Outcome({ view, travel, change }: { view: View; travel: Travelling; change: (changes: Partial<View>) => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  if (travel.error) {
    return (
      <section className="panel"><div className="state" role="alert"><h3>{t('travel.failed')}</h3><p>{errorText(travel.error)}</p></div></section>
    )
  }
  if (travel.data) return <Result travel={travel.data} view={view} change={change} />
  if (view.job || travel.starting) return <section className="panel"><Loading lines={6} /></section>
  return <section className="panel"><Empty title={t('travel.none')}><p>{t('travel.noneHelp')}</p></Empty></section>
}

type Travelling = ReturnType<typeof useTravel>

/** Starts, watches and stops one travel; its number stands in the address, so that a reload finds it again. */
function useTravel(view: View, draft: Draft | null, change: (changes: Partial<View>) => void) {
  const start = useMutation({ mutationFn: startTravel })
  const stop = useMutation({ mutationFn: dropTravel })
  const result = useQuery({
    queryKey: ['time-travel', view.job],
    queryFn: ({ signal }) => readTravel(view.job, signal),
    enabled: view.job !== '',
    refetchInterval: ({ state }) => (state.error || (state.data && state.data.state !== 'running') ? false : ASK_EVERY_MS),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const running = result.data?.state === 'running'
  const run = () => {
    if (running || start.isPending) return
    change({ job: '', cursor: '' })
    start.mutate(wishOf(view, draft, Date.now()), { onSuccess: ({ job }) => change({ job }) })
  }
  return {
    run,
    stop: () => stop.mutate(view.job, { onSuccess: () => void result.refetch() }),
    running,
    starting: start.isPending,
    data: view.job ? result.data : undefined,
    error: start.error ?? (view.job ? result.error : null),
  }
}
