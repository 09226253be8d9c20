import { Button, Modal, Select, Switch } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useHuntChanges } from '../../api/hunts'
import type { SavedQuery, WatchWish } from '../../api/huntShapes'
import { useSpan } from '../../components/Moment'
import { useErrorText } from '../../components/States'
import { EVERY_MINUTES, FIRST_WATCH, hasGap } from './view'

/** When the house asks a saved query by itself; what is new becomes a check point. */
export function WatchDialog({ saved, onClose }: { saved: SavedQuery | null; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={saved !== null} onClose={onClose} title={<strong>{t('hunts.watchTitle', { name: saved?.name })}</strong>}>
      {saved && <Form saved={saved} onClose={onClose} />}
    </Modal>
  )
}

function Form({ saved, onClose }: { saved: SavedQuery; onClose: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { watch, unwatch } = useHuntChanges()
  const [wish, setWish] = useState<WatchWish>(() => {
    const { everyMinutes, lookbackMinutes, isActive } = saved.watch ?? FIRST_WATCH
    return { everyMinutes, lookbackMinutes, isActive }
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    watch.mutate({ id: saved.id, wish }, { onSuccess: onClose })
  }
  const error = watch.error ?? unwatch.error
  return (
    <form className="col" onSubmit={submit}>
      <p style={{ margin: 0 }}>{t('hunts.watchHelp')}</p>
      <Minutes label={t('hunts.every')} value={wish.everyMinutes} onChange={(everyMinutes) => setWish({ ...wish, everyMinutes, lookbackMinutes: Math.max(wish.lookbackMinutes, everyMinutes) })} />
      <Minutes label={t('hunts.lookback')} value={wish.lookbackMinutes} onChange={(lookbackMinutes) => setWish({ ...wish, lookbackMinutes })} />
      {hasGap(wish) && <p role="alert" className="warn-line">{t('hunts.gap')}</p>}
      <Switch label={t('hunts.active')} checked={wish.isActive} onChange={(event) => setWish({ ...wish, isActive: event.currentTarget.checked })} />
      {error && <p role="alert" className="bad">{errorText(error)}</p>}
      <div className="row">
        {saved.watch && <Button variant="subtle" color="red" loading={unwatch.isPending} onClick={() => unwatch.mutate(saved.id, { onSuccess: onClose })}>{t('hunts.unwatch')}</Button>}
        <span className="grow" />
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={watch.isPending}>{t('hunts.watch')}</Button>
      </div>
    </form>
  )
}

function Minutes({ label, value, onChange }: { label: string; value: number; onChange: (minutes: number) => void }) {
  const span = useSpan()
  const offered = [...new Set([...EVERY_MINUTES, value])].sort((a, b) => a - b)
  return <Select label={label} value={String(value)} onChange={(text) => text && onChange(Number(text))} data={offered.map((minutes) => ({ value: String(minutes), label: span(minutes * 60) }))} />
}
