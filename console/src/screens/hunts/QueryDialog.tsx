import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useHuntChanges } from '../../api/hunts'
import type { SavedQuery, SavedQueryWish } from '../../api/huntShapes'
import { DATASETS, type Dataset } from '../../api/searchShapes'
import { useNotice } from '../../components/Notices'
import { useErrorText } from '../../components/States'
import { techniquesIn } from './view'

type Props = { opened: boolean; first: SavedQueryWish; id?: string | undefined; onClose: (saved?: SavedQuery) => void }

/** Keeps a query under a name, so that others find it and know what it is for. */
export function QueryDialog({ opened, first, id, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={() => onClose()} title={<strong>{t(id ? 'hunts.editQuery' : 'hunts.saveQuery')}</strong>} size="lg">
      {opened && <Form first={first} id={id} onClose={onClose} />}
    </Modal>
  )
}

function Form({ first, id, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { save } = useHuntChanges()
  const [wish, setWish] = useState(first)
  const [techniques, setTechniques] = useState(first.techniques.join(', '))
  const set = (changes: Partial<SavedQueryWish>) => setWish((old) => ({ ...old, ...changes }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const asked = { ...wish, name: wish.name.trim(), description: wish.description.trim(), query: wish.query.trim(), techniques: techniquesIn(techniques) }
    save.mutate({ id, wish: asked }, {
      onSuccess: (saved) => {
        notice.tell(t('hunts.saved', { name: asked.name }))
        onClose(saved)
      },
    })
  }
  return (
    <form className="col" onSubmit={submit}>
      <TextInput label={t('column.name')} value={wish.name} onChange={(event) => set({ name: event.currentTarget.value })} required maxLength={200} data-autofocus />
      <Textarea label={t('hunts.description')} description={t('hunts.descriptionHelp')} value={wish.description} onChange={(event) => set({ description: event.currentTarget.value })} autosize minRows={2} maxRows={8} maxLength={4000} />
      <Textarea label={t('search.label')} className="mono-input" value={wish.query} onChange={(event) => set({ query: event.currentTarget.value.replaceAll(/[\r\n]+/g, ' ') })} autosize minRows={2} maxRows={8} spellCheck={false} />
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Select className="grow" label={t('search.dataset')} value={wish.dataset} onChange={(dataset) => dataset && set({ dataset: dataset as Dataset })} data={DATASETS.map((value) => ({ value, label: t(`dataset.${value}`) }))} />
        <TextInput className="grow" label={t('column.techniques')} placeholder="T1003.002, T1059" value={techniques} onChange={(event) => setTechniques(event.currentTarget.value)} maxLength={1000} />
      </div>
      {save.isError && <p role="alert" className="bad">{errorText(save.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={() => onClose()}>{t('action.cancel')}</Button>
        <Button type="submit" loading={save.isPending} disabled={wish.name.trim() === ''}>{t('action.save')}</Button>
      </div>
    </form>
  )
}
