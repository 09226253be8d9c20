import { Button, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { directoriesQuery, mailConnectorsQuery, useConnectorChanges } from '../../api/mail'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'
import { Password } from '../../components/Password'
import { Empty, Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { flat } from '../response/proof'
import { useRefusal } from '../../components/refusal'
import '../models/models.css'

type Path = '/mail-connectors' | '/directories'
type Row = { name: string; [more: string]: unknown }

/** Mail servers and directories that response may act upon. */
export function Connectors() {
  const { t } = useTranslation()
  usePageTitle(t('nav.connectors'))
  return (
    <div className="page">
      <div className="page-head"><h1>{t('nav.connectors')}</h1></div>
      <p style={{ margin: 0, maxWidth: '90ch' }}>{t('connectors.help')}</p>
      <List path="/mail-connectors" />
      <List path="/directories" />
    </div>
  )
}

function List({ path }: { path: Path }) {
  const { t } = useTranslation()
  const mail = useQuery({ ...mailConnectorsQuery, enabled: path === '/mail-connectors' })
  const directories = useQuery({ ...directoriesQuery, enabled: path === '/directories' })
  const found = path === '/mail-connectors' ? mail : directories
  const rows = (found.data?.items ?? []) as Row[]
  const [adding, setAdding] = useState(false)
  const title = t(path === '/mail-connectors' ? 'connectors.mail' : 'connectors.directories')
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2 className="grow">{title}</h2><Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>{t('connectors.add')}</Button></div>
      {found.isPending && <Loading lines={3} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && rows.length === 0 && <Empty title={t('connectors.empty')} />}
      {rows.length > 0 && (
        <table className="small-table">
          <tbody>{rows.map((row) => <tr key={row.name}><td style={{ width: 220 }}><strong>{row.name}</strong></td><td>{t(`connectors.kindName.${String(row.kind)}`)}</td><td className="dim">{flat(row.settings).filter(([key]) => key !== 'ca').slice(0, 8).map(([key, value]) => `${t(`connectors.field.${key}`, key)}: ${value}`).join(' · ')}</td><td style={{ width: 90 }}><Remove path={path} name={row.name} /></td></tr>)}</tbody>
        </table>
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title={<strong>{title}</strong>}>{adding && <AddForm path={path} onClose={() => setAdding(false)} />}</Modal>
    </section>
  )
}

function Remove({ path, name }: { path: Path; name: string }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { remove } = useConnectorChanges(path)
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.remove')}</Button>
      <Confirm opened={asking} danger title={t('connectors.removeTitle')} message={t('connectors.removeMessage')} target={<strong>{name}</strong>} confirm={t('action.remove')} busy={remove.isPending} onConfirm={() => remove.mutate(name, outcome('', { onEnd: () => setAsking(false) }))} onCancel={() => setAsking(false)} />
    </>
  )
}

type Kind = 'imap' | 'maildir' | 'active_directory' | 'openldap'
const KINDS: Record<Path, Kind[]> = { '/mail-connectors': ['imap', 'maildir'], '/directories': ['active_directory', 'openldap'] }
const LDAP = ['name', 'host', 'port', 'base', 'bind_dn', 'password', 'ca']
const FIELDS: Record<Kind, string[]> = {
  imap: ['name', 'host', 'port', 'login', 'mailboxes', 'password', 'ca'],
  maildir: ['name', 'root', 'inner'],
  active_directory: LDAP,
  openldap: LDAP,
}
const MAY_BE_EMPTY = ['port', 'login', 'ca', 'inner']
/** Certificates and lists of mailboxes take several lines. */
const LONG = ['ca', 'mailboxes']

/** The values of the form as the server takes them: settings apart from what is sealed. */
function wishOf(path: Path, kind: Kind, values: Record<string, string>): Record<string, unknown> {
  const { name = '', password = '', port, mailboxes, ...rest } = Object.fromEntries(Object.entries(values).filter(([field, value]) => FIELDS[kind].includes(field) && value.trim() !== ''))
  const settings = { ...rest, ...(port ? { port: Number(port) } : {}), ...(mailboxes ? { mailboxes: mailboxes.split(/[\s,]+/).filter(Boolean) } : {}) }
  return { name, kind, settings, ...(path === '/directories' ? { password } : { secret: password ? { password } : {} }) }
}

function AddForm({ path, onClose }: { path: Path; onClose: () => void }) {
  const { t } = useTranslation()
  const refusal = useRefusal()
  const { add } = useConnectorChanges(path)
  const [kind, setKind] = useState<Kind>(KINDS[path][0] as Kind)
  const [values, setValues] = useState<Record<string, string>>({})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(wishOf(path, kind, values), { onSuccess: onClose })
  }
  const common = (field: string) => ({ label: t(`connectors.field.${field}`), value: values[field] ?? '', required: !MAY_BE_EMPTY.includes(field), autoComplete: 'off' })
  const set = (field: string, value: string) => setValues({ ...values, [field]: value })
  return (
    <form className="col" onSubmit={submit}>
      <SegmentedControl size="xs" aria-label={t('connectors.kind')} value={kind} onChange={(next) => setKind(next as Kind)} data={KINDS[path].map((value) => ({ value, label: t(`connectors.kindName.${value}`) }))} />
      {FIELDS[kind].map((field) => {
        if (field === 'password') return <Password key={field} size="xs" {...common(field)} onChange={(event) => set(field, event.currentTarget.value)} />
        if (LONG.includes(field)) return <Textarea key={field} {...common(field)} onChange={(event) => set(field, event.currentTarget.value)} autosize minRows={2} maxRows={6} spellCheck={false} />
        return <TextInput key={field} {...common(field)} onChange={(event) => set(field, event.currentTarget.value)} />
      })}
      {add.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(add.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={add.isPending}>{t('connectors.add')}</Button>
      </div>
    </form>
  )
}
