import { Autocomplete, Button, Checkbox, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { completionQuery } from '../../api/content'
import { askBill, useExceptionChanges } from '../../api/exceptions'
import { OPERATORS, type BlindedProof, type Operator } from '../../api/exceptionShapes'
import { fieldsQuery } from '../../api/search'
import { useMay } from '../../api/session'
import { useNotice } from '../../components/Notices'
import { Empty } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { useRefusal } from '../../components/refusal'
import '../models/models.css'
import { BillPanel } from './BillPanel'
import './exceptions.css'
import { EXPIRIES, exceptionOf, exemptedOf, isWide, lacks, readForm, type Expiry, type Form } from './form'

/** A new exception. Before it can be saved, the bill says what it would have hidden. */
export function ExceptionPage() {
  const { t } = useTranslation()
  const [address] = useAddress()
  const may = useMay('content')
  usePageTitle(t('exceptions.add'))
  if (!may) return <div className="page"><Empty title={t('error.forbidden')}><p>{t('editor.readOnly')}</p></Empty></div>
  return <NewException key={JSON.stringify(address)} first={readForm(address)} />
}

function NewException({ first }: { first: Form }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const notice = useNotice()
  const refusal = useRefusal()
  const [form, setForm] = useState(first)
  const [days, setDays] = useState('30')
  const [override, setOverride] = useState(false)
  const { add } = useExceptionChanges()
  const { bill, billed, run } = useBill(form, Number(days))
  const refused = blindedOf(add.error)
  const blinded = bill.data?.blindedProofs.length ? bill.data.blindedProofs : refused
  const missing = lacks(form, Date.now())
  const ready = billed && missing.length === 0 && (blinded.length === 0 || override)
  const change = (changes: Partial<Form>) => {
    setForm((old) => ({ ...old, ...changes }))
    setOverride(false)
    add.reset()
  }
  const save = () => {
    if (!ready) return
    add.mutate(exceptionOf(form, Date.now(), override), {
      onSuccess: () => {
        notice.tell(t('exceptions.added'))
        void navigate({ to: '/exceptions' })
      },
    })
  }
  useKeys({ 'mod+s': save, 'mod+enter': run })
  return (
    <div className="page">
      <div className="page-head">
        <div className="editor-head"><Link to="/exceptions" className="dim">{t('nav.exceptions')}</Link><h1>{t('exceptions.add')}</h1></div>
      </div>
      <div className="exception">
        <section className="panel panel-body">
          <Fields form={form} change={change} onSubmit={run}>
            <div className="row" style={{ justifyContent: 'flex-end' }}>
              <Button variant="default" onClick={() => window.history.back()}>{t('action.cancel')}</Button>
              <Button type="submit" variant={billed ? 'default' : 'filled'} leftSection={<IconReceipt size={15} />} loading={bill.isPending} disabled={form.field.trim() === '' || form.value === ''}>{t('bill.show')}</Button>
              <Button disabled={!ready} loading={add.isPending} onClick={save}>{t('exceptions.save')}</Button>
            </div>
            {!billed && <p className="dim" style={{ margin: 0 }}>{t('bill.first')}</p>}
            {billed && missing.length > 0 && <p className="dim" style={{ margin: 0 }}>{t('exceptions.missing', { what: missing.map((one) => t(`exceptions.lack.${one}`)).join(', ') })}</p>}
            {add.error && refused.length === 0 && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(add.error)}</p>}
          </Fields>
        </section>
        <BillPanel bill={bill.data} busy={bill.isPending} error={bill.error} stale={!billed} days={days} onDays={setDays}>
          {blinded.length > 0 && <Blinded proofs={blinded} override={override} onOverride={setOverride} />}
        </BillPanel>
      </div>
    </div>
  )
}

/** The bill of the form as it stands; asked for at once when the page opens with what it needs. */
function useBill(form: Form, days: number) {
  const bill = useMutation({ mutationFn: (asked: string) => askBill(JSON.parse(asked)) })
  const asked = JSON.stringify({ ...exemptedOf(form), days })
  const can = form.field.trim() !== '' && form.value !== ''
  const run = () => can && bill.mutate(asked)
  useEffect(() => {
    if (can) bill.mutate(asked)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once at opening, and again for another span
  }, [days])
  return { bill, billed: bill.isSuccess && bill.variables === asked, run }
}

/** The proofs for whose sake the server refused. */
function blindedOf(error: unknown): BlindedProof[] {
  const found = error instanceof ApiError ? error.details.blindedProofs : undefined
  return Array.isArray(found) ? (found as BlindedProof[]) : []
}

/** More than these say no more. */
const MOST_PROOFS = 8

function Blinded({ proofs, override, onOverride }: { proofs: BlindedProof[]; override: boolean; onOverride: (override: boolean) => void }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const shown = all ? proofs : proofs.slice(0, MOST_PROOFS)
  return (
    <div className="warn-line bad" role="alert" data-testid="blinded">
      <div className="col grow">
        <p><strong>{t('bill.blinds', { count: proofs.length })}</strong></p>
        <p>{t('bill.blindsHelp')}</p>
        <ul className="failures">{shown.map((one) => <li key={`${one.kind} ${one.id} ${one.test}`}><span className="mono">{one.id}</span>: {one.test}</li>)}</ul>
        {shown.length < proofs.length && <button type="button" className="plain link" onClick={() => setAll(true)}>{t('facet.more', { count: proofs.length - shown.length })}</button>}
        <Checkbox label={t('bill.override')} checked={override} onChange={(event) => onOverride(event.currentTarget.checked)} />
      </div>
    </div>
  )
}

function Fields({ form, change, onSubmit, children }: { form: Form; change: (changes: Partial<Form>) => void; onSubmit: () => void; children: React.ReactNode }) {
  const { t } = useTranslation()
  const fields = useQuery(fieldsQuery('all')).data
  const names = useMemo(() => (fields?.items ?? []).map((field) => field.name), [fields])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form onSubmit={submit} aria-label={t('exceptions.add')}>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Autocomplete size="xs" className="grow mono-input" label={t('exceptions.field')} data={names} limit={12} value={form.field} onChange={(field) => change({ field })} required spellCheck={false} />
        <Select w={170} label={t('exceptions.operator')} value={form.operator} data={OPERATORS.map((one) => ({ value: one, label: t(`operator.${one}`) }))} onChange={(operator) => change({ operator: (operator ?? form.operator) as Operator })} />
      </div>
      <Textarea className="mono-input" label={t('exceptions.value')} value={form.value} onChange={(event) => change({ value: event.currentTarget.value })} autosize minRows={1} maxRows={6} maxLength={4096} required spellCheck={false} />
      <FilterSelect form={form} change={change} />
      <TagsInput size="xs" label={t('exceptions.scope')} description={t('exceptions.scopeHelp')} placeholder={form.endpoints.length === 0 ? t('exceptions.allEndpoints') : ''} value={form.endpoints} onChange={(endpoints) => change({ endpoints })} limit={100} />
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Select w={200} label={t('exceptions.expires')} value={form.expiry} data={EXPIRIES.map((one) => ({ value: one, label: t(`expiry.${one}`) }))} onChange={(expiry) => change({ expiry: (expiry ?? form.expiry) as Expiry })} />
        {form.expiry === 'date' && <TextInput type="date" label={t('expiry.day')} value={form.day} onChange={(event) => change({ day: event.currentTarget.value })} />}
      </div>
      <Textarea label={t('exceptions.reason')} placeholder={t('exceptions.reasonHint')} value={form.reason} onChange={(event) => change({ reason: event.currentTarget.value })} autosize minRows={2} maxLength={1000} required />
      {isWide(form) && <div className="warn-line"><p>{t('exceptions.wide')}</p></div>}
      {children}
    </form>
  )
}

function FilterSelect({ form, change }: { form: Form; change: (changes: Partial<Form>) => void }) {
  const { t } = useTranslation()
  const text = useText()
  const known = useQuery(completionQuery).data
  const data = useMemo(() => {
    const filters = (known?.filters ?? []).map((one) => ({ value: one.id, label: text(one.title) }))
    // A filter that the list does not know (yet) is still the one that was asked for.
    const own = form.filterId && !filters.some((one) => one.value === form.filterId) ? [{ value: form.filterId, label: form.filterId }] : []
    return [{ value: '', label: t('exceptions.allFilters') }, ...own, ...filters]
  }, [known, text, form.filterId, t])
  return <Select label={t('column.filter')} searchable limit={60} value={form.filterId} data={data} onChange={(filterId) => change({ filterId: filterId ?? '' })} />
}
