import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useHuntChanges } from '../../api/hunts'
import type { SavedQuery } from '../../api/huntShapes'
import type { Severity } from '../../api/shapes'
import { useNotice } from '../../components/Notices'
import { LEVELS } from '../../components/Severity'
import { useErrorText } from '../../components/States'
import { filterIdOf, techniquesIn } from './view'

/** One step from what was hunted to what is detected: a filter of the same meaning. */
export function FilterDialog({ saved, onClose }: { saved: SavedQuery | null; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={saved !== null} onClose={onClose} title={<strong>{t('hunts.filterTitle')}</strong>} size="lg">
      {saved && <Form saved={saved} onClose={onClose} />}
    </Modal>
  )
}

function Form({ saved, onClose }: { saved: SavedQuery; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const navigate = useNavigate()
  const errorText = useErrorText()
  const { toFilter } = useHuntChanges()
  const [filterId, setFilterId] = useState(filterIdOf(saved.name))
  const [english, setEnglish] = useState(saved.name)
  const [japanese, setJapanese] = useState(saved.name)
  const [risk, setRisk] = useState<Severity>('medium')
  const [techniques, setTechniques] = useState(saved.techniques.join(', '))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wish = { filterId: filterId.trim(), name: { en: english.trim(), ja: japanese.trim() }, risk, techniques: techniquesIn(techniques) }
    toFilter.mutate({ id: saved.id, wish }, {
      onSuccess: (made) => {
        notice.tell(t('hunts.filterMade'))
        onClose()
        void navigate({ to: '/filters/$id', params: { id: made.id ?? wish.filterId } })
      },
    })
  }
  return (
    <form className="col" onSubmit={submit}>
      <p style={{ margin: 0 }}>{t('hunts.filterHelp')}</p>
      <p className="mono export-query">{saved.query || '*'}</p>
      <TextInput label={t('hunts.filterId')} className="mono-input" value={filterId} onChange={(event) => setFilterId(event.currentTarget.value)} required maxLength={64} data-autofocus />
      <div className="row">
        <TextInput className="grow" label={t('hunts.nameEn')} value={english} onChange={(event) => setEnglish(event.currentTarget.value)} required maxLength={200} />
        <TextInput className="grow" label={t('hunts.nameJa')} value={japanese} onChange={(event) => setJapanese(event.currentTarget.value)} required maxLength={200} />
      </div>
      <div className="row">
        <Select className="grow" label={t('column.risk')} value={risk} onChange={(value) => value && setRisk(value as Severity)} data={LEVELS.map((value) => ({ value, label: t(`severity.${value}`) }))} />
        <TextInput className="grow" label={t('column.techniques')} placeholder="T1003.002" value={techniques} onChange={(event) => setTechniques(event.currentTarget.value)} />
      </div>
      {toFilter.isError && <p role="alert" className="bad">{errorText(toFilter.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={toFilter.isPending}>{t('hunts.makeFilter')}</Button>
      </div>
    </form>
  )
}
