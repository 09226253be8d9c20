import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMemo, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useBlockChanges } from '../../api/blockList'
import { useNotice } from '../../components/Notices'
import { useText } from '../../i18n'
import { useRefusal } from '../../components/refusal'
import { pastedIn } from './entries'

const DAYS = ['1', '7', '30', '90', 'never'] as const
const RISKS = ['high', 'medium', 'low'] as const
const DAY_MS = 86_400_000
const MOST_SHOWN = 12

/** New entries: whatever is pasted is told apart by itself. */
export function BlockDialog({ first, onClose }: { first: string; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const text = useText()
  const { add } = useBlockChanges()
  const [pasted, setPasted] = useState(first)
  const [action, setAction] = useState<'block' | 'log'>('block')
  const [risk, setRisk] = useState<string>('high')
  const [days, setDays] = useState<string>('30')
  const [description, setDescription] = useState('')
  const [refused, setRefused] = useState<string[]>([])
  const found = useMemo(() => pastedIn(pasted), [pasted])
  const known = found.flatMap(({ value, type }) => (type ? [{ value, type }] : []))
  const strange = found.filter((one) => one.type === null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const expires = days === 'never' ? null : Date.now() + Number(days) * DAY_MS
    add.mutate(known.map((one) => ({ ...one, action, risk, expires, description: description.trim() })), {
      onSuccess: ({ items }) => {
        const bad = items.flatMap((one, index) => (one.error ? [`${known[index]?.value ?? ''}: ${text(one.error.text ?? one.error.message)}`] : []))
        if (bad.length < items.length) notice.tell(t('blockList.added', { count: items.length - bad.length }))
        setRefused(bad)
        if (bad.length === 0) onClose()
      },
    })
  }
  return (
    <Modal opened onClose={onClose} size="lg" title={<strong>{t('blockList.addTitle')}</strong>}>
      <form className="col" onSubmit={submit}>
        <Textarea label={t('blockList.values')} description={t('blockList.valuesHelp')} value={pasted} onChange={(event) => setPasted(event.currentTarget.value)} autosize minRows={4} maxRows={12} spellCheck={false} required data-autofocus />
        {known.length > 0 && (
          <ul className="bare" aria-label={t('blockList.recognised')} data-testid="recognised">
            {known.slice(0, MOST_SHOWN).map((one) => <li key={one.value}><span className="badge">{t(`blockType.${one.type}`)}</span> <span className="mono" style={{ overflowWrap: 'anywhere' }}>{one.value}</span></li>)}
            {known.length > MOST_SHOWN && <li className="dim">{t('facet.more', { count: known.length - MOST_SHOWN })}</li>}
          </ul>
        )}
        {strange.length > 0 && <div className="warn-line" role="alert"><p>{t('blockList.strange', { count: strange.length })} <span className="mono">{strange.slice(0, 5).map((one) => one.value).join(' ')}</span></p></div>}
        <div className="row wrap" style={{ alignItems: 'flex-start' }}>
          <Select label={t('blockList.action')} w={150} value={action} data={['block', 'log'].map((value) => ({ value, label: t(`blockAction.${value}`) }))} onChange={(value) => setAction(value === 'log' ? 'log' : 'block')} />
          <Select label={t('blockList.risk')} w={150} value={risk} data={RISKS.map((value) => ({ value, label: t(`severity.${value}`) }))} onChange={(value) => setRisk(value ?? 'high')} />
          <Select label={t('respond.expires')} w={170} value={days} data={DAYS.map((value) => ({ value, label: value === 'never' ? t('expiry.never') : t('blockList.days', { count: Number(value) }) }))} onChange={(value) => setDays(value ?? '30')} />
        </div>
        <TextInput label={t('respond.description')} value={description} onChange={(event) => setDescription(event.currentTarget.value)} maxLength={1000} />
        {add.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(add.error)}</p>}
        {refused.length > 0 && <ul role="alert" className="failures" style={{ color: 'var(--h-critical)' }}>{refused.map((one) => <li key={one}>{one}</li>)}</ul>}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" disabled={known.length === 0} loading={add.isPending}>{t('blockList.addCount', { count: known.length })}</Button>
        </div>
      </form>
    </Modal>
  )
}
