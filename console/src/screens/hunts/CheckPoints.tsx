import { Button, Modal, SegmentedControl, Textarea } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { checkPointsQuery, savedQueriesQuery, useHuntChanges } from '../../api/hunts'
import type { CheckPoint } from '../../api/huntShapes'
import { ValueChip } from '../../components/Chips'
import { Moment } from '../../components/Moment'
import { Empty, Failed, Loading } from '../../components/States'
import { whatHappened } from '../../components/whatHappened'
import { useAddress } from '../../frame/address'
import { searchOf } from './view'

const STATES = ['open', 'done', 'all'] as const

/** What the watched queries found, day by day: looked at, or still to be. */
export function CheckPoints() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const [doing, setDoing] = useState<CheckPoint | null>(null)
  const state = STATES.find((one) => one === address.state) ?? 'open'
  const found = useQuery(checkPointsQuery(state))
  const items = (found.data?.items ?? []).filter((one) => !address.query || one.queryId === address.query)
  return (
    <>
      <div className="panel-head">
        <SegmentedControl size="xs" aria-label={t('column.state')} value={state} onChange={(next) => setAddress({ state: next === 'open' ? undefined : next })} data={STATES.map((value) => ({ value, label: t(`hunts.checkState.${value}`) }))} />
        {address.query && <ValueChip name={t('hunts.query')} value={items[0]?.queryName ?? address.query} onRemove={() => setAddress({ query: undefined })} />}
      </div>
      {found.isPending && <Loading lines={6} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && items.length === 0 && <Empty title={t('hunts.noPoints')}><p>{t('hunts.noPointsHelp')}</p></Empty>}
      <div className="check-points">{items.map((point) => <Point key={point.id} point={point} onDone={() => setDoing(point)} />)}</div>
      <DoneDialog point={doing} onClose={() => setDoing(null)} />
    </>
  )
}

function Point({ point, onDone }: { point: CheckPoint; onDone: () => void }) {
  const { t } = useTranslation()
  const { reopen } = useHuntChanges()
  const saved = useQuery(savedQueriesQuery).data?.items.find((one) => one.id === point.queryId)
  const span = point.firstMs !== null && point.lastMs !== null ? { from: new Date(point.firstMs).toISOString(), to: new Date(point.lastMs + 1).toISOString() } : null
  return (
    <article className="panel check-point" data-state={point.state} aria-label={point.queryName}>
      <header className="row">
        <h3 className="grow">{saved && span ? <Link to="/search" search={searchOf(saved, { range: span })}>{point.queryName}</Link> : point.queryName}</h3>
        <span className="num dim">{point.day}</span>
        <span className="num"><strong>{point.newCount.toLocaleString()}</strong> <span className="dim">{t('hunts.newOf', { count: point.count })}</span></span>
        {point.state === 'open' ? <Button leftSection={<IconCheck size={14} />} onClick={onDone}>{t('hunts.markDone')}</Button> : <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate(point.id)}>{t('hunts.reopen')}</Button>}
      </header>
      <ul className="bare">
        {point.sample.map((row, index) => (
          <li key={String(row.uuid ?? index)} className="row">
            <span className="dim"><Moment short at={row.eventTime as number} /></span>
            <span className="mono">{String(row.endpointHostName ?? '')}</span>
            <span className="mono clip grow" title={whatHappened(row)}>{whatHappened(row)}</span>
          </li>
        ))}
      </ul>
      {point.state === 'done' && <p className="dim">{t('hunts.doneBy', { who: point.doneBy ?? '' })} <Moment short at={point.doneAt} />{point.note && `: ${point.note}`}</p>}
    </article>
  )
}

function DoneDialog({ point, onClose }: { point: CheckPoint | null; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={point !== null} onClose={onClose} title={<strong>{t('hunts.markDone')}</strong>}>
      {point && <DoneForm point={point} onClose={onClose} />}
    </Modal>
  )
}

function DoneForm({ point, onClose }: { point: CheckPoint; onClose: () => void }) {
  const { t } = useTranslation()
  const { finish } = useHuntChanges()
  const [note, setNote] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    finish.mutate({ id: point.id, note: note.trim() }, { onSuccess: onClose })
  }
  return (
    <form className="col" onSubmit={submit}>
      <p style={{ margin: 0 }}><strong>{point.queryName}</strong> <span className="dim num">{point.day}</span></p>
      <Textarea label={t('hunts.note')} description={t('hunts.noteHelp')} value={note} onChange={(event) => setNote(event.currentTarget.value)} autosize minRows={2} maxRows={8} maxLength={4000} data-autofocus />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={finish.isPending}>{t('hunts.markDone')}</Button>
      </div>
    </form>
  )
}
