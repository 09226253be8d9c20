import { Button, Modal, NumberInput, Select, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointChanges } from '../../api/endpoints'
import type { NewEnrolment } from '../../api/responseShapes'
import { CopyIcon } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { useRefusal } from '../../components/refusal'
import './endpoints.css'

const HOURS = ['1', '24', '168']

/** A new sensor: a token for one host, shown once, with the very command to paste there. */
export function EnrolDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={<strong>{t('enrol.title')}</strong>}>
      {opened && <Enrolling onClose={onClose} />}
    </Modal>
  )
}

function Enrolling({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const refusal = useRefusal()
  const { enrol } = useEndpointChanges()
  const [group, setGroup] = useState('')
  const [name, setName] = useState('')
  const [uses, setUses] = useState(1)
  const [hours, setHours] = useState('24')
  if (enrol.data) return <Made made={enrol.data} onClose={onClose} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enrol.mutate({ name: name.trim(), group: group.trim(), uses, expiresInS: Number(hours) * 3600 })
  }
  return (
    <form className="col" onSubmit={submit}>
      <p style={{ margin: 0 }}>{t('enrol.help')}</p>
      <TextInput label={t('respond.office')} description={t('enrol.groupHelp')} value={group} onChange={(event) => setGroup(event.currentTarget.value)} maxLength={64} data-autofocus />
      <TextInput label={t('column.name')} description={t('enrol.nameHelp')} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={64} />
      <div className="row" style={{ alignItems: 'flex-start' }}>
      <NumberInput size="xs" w={160} label={t('enrol.uses')} value={uses} min={1} max={1000} onChange={(value) => setUses(typeof value === 'number' ? value : 1)} />
      <Select label={t('enrol.valid')} w={200} value={hours} data={HOURS.map((value) => ({ value, label: t(`enrol.hours.${value}`) }))} onChange={(value) => setHours(value ?? '24')} />
      </div>
      {enrol.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(enrol.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={enrol.isPending}>{t('enrol.create')}</Button>
      </div>
    </form>
  )
}

function Made({ made, onClose }: { made: NewEnrolment; onClose: () => void }) {
  const { t } = useTranslation()
  const command = `sudo ${made.command}`
  return (
    <div className="col">
      <p style={{ margin: 0 }}>{t('enrol.once')}</p>
      <h3 className="section-title" style={{ margin: 0 }}>{t('enrol.token')}</h3>
      <div className="row"><span className="once grow" data-testid="enrol-token">{made.text}</span><CopyIcon text={made.text} /></div>
      <h3 className="section-title" style={{ margin: 0 }}>{t('enrol.command')}</h3>
      <div className="row"><span className="command grow" data-testid="enrol-command">{command}</span><CopyIcon text={command} /></div>
      <p className="dim" style={{ margin: 0 }}>{t('enrol.then')}</p>
      {made.expires && <p className="dim" style={{ margin: 0 }}>{t('enrol.until')} <Moment at={made.expires} /></p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}><Button onClick={onClose}>{t('action.close')}</Button></div>
    </div>
  )
}
