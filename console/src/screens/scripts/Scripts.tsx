import { Button, Select, TextInput } from '@mantine/core'
import { IconPlus, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { scriptQuery, scriptsQuery, useScriptChanges, type ScriptDraft } from '../../api/scripts'
import type { Script } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { Code } from '../editor/Code'
import { RunScript } from './RunScript'
import './scripts.css'

/** The library of scripts that may be run on endpoints; each is signed when it is saved. */
export function Scripts() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [address, setAddress] = useAddress()
  const may = useMay('shell')
  const list = useQuery(scriptsQuery)
  const words = (address.search ?? '').toLowerCase().split(/\s+/)
  const rows = (list.data?.items ?? []).filter((row) => words.every((word) => `${row.name} ${row.description} ${row.kind}`.toLowerCase().includes(word)))
  const columns = useColumns()
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1), Enter: (event) => { if (event.target instanceof HTMLElement && event.target.closest('a, button')) event.target.click(); else if (address.cursor) void navigate({ to: '/scripts/$id', params: { id: address.cursor } }) } })
  usePageTitle(t('nav.scripts'))
  const add = may && <Button leftSection={<IconPlus size={15} />} renderRoot={(props) => <Link to="/scripts/new" {...props} />}>{t('scripts.add')}</Button>
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.scripts')}</h1>
        <span className="grow" />
        <SearchBox value={address.search ?? ''} placeholder={t('scripts.search')} onApply={(search) => setAddress({ search: search || undefined }, true)} width={230} />
        {add}
      </div>
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={8} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <Empty title={t('scripts.empty')}><p>{t('scripts.emptyHelp')}</p>{list.data.items.length === 0 && add}</Empty>}
          {rows.length > 0 && <DataTable label={t('nav.scripts')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={44} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} onOpen={(row) => void navigate({ to: '/scripts/$id', params: { id: row.id } })} />}
        </section>
      </div>
    </div>
  )
}

function useColumns(): Column<Script>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', header: t('column.name'), cell: (row) => <Link to="/scripts/$id" params={{ id: row.id }}><strong>{row.name}</strong></Link> },
    { key: 'kind', header: t('scripts.kind'), width: '110px', cell: (row) => t(`scriptKind.${row.kind}`) },
    { key: 'description', header: t('respond.description'), cell: (row) => <span className="two-lines">{row.description}</span> },
    { key: 'signed', header: t('scripts.signed'), width: '110px', cell: (row) => (row.signed === false ? <span className="badge badge-bad">{t('scripts.notSigned')}</span> : <span className="badge badge-ok"><IconRosetteDiscountCheck size={12} aria-hidden />{t('scripts.isSigned')}</span>) },
    { key: 'changed', header: t('scripts.changed'), width: '130px', cell: (row) => <><Moment short at={row.changed ?? row.created} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.changedBy ?? row.createdBy}</span></> },
    { key: 'run', header: '', width: '100px', cell: (row) => <RunScript script={row} /> },
  ]
}

const EMPTY: ScriptDraft = { name: '', kind: 'bash', description: '', parameters: '', text: '#!/bin/bash\nset -euo pipefail\n\n' }

export function NewScript() {
  const { t } = useTranslation()
  usePageTitle(t('scripts.add'))
  return <Editor first={EMPTY} />
}

export function EditScript() {
  const { id } = useParams({ from: '/frame/scripts/$id' })
  const found = useQuery(scriptQuery(id))
  usePageTitle(found.data?.name ?? id)
  if (found.isPending) return <div className="page"><Loading lines={10} /></div>
  if (found.isError) return <div className="page"><Failed error={found.error} onRetry={() => void found.refetch()} /></div>
  const { name, kind, description, parameters, text } = found.data
  return <Editor key={found.data.sha256} script={found.data} first={{ name, kind, description, parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters ?? ''), text: text ?? '' }} />
}

function Editor({ first, script }: { first: ScriptDraft; script?: Script }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const outcome = useOutcome()
  const may = useMay('shell')
  const { add, save } = useScriptChanges()
  const [draft, setDraft] = useState(first)
  const change = (changes: Partial<ScriptDraft>) => setDraft((old) => ({ ...old, ...changes }))
  const ready = may && draft.name.trim() !== '' && draft.text.trim() !== '' && JSON.stringify(draft) !== JSON.stringify(first)
  const send = () => {
    if (!ready) return
    const done = outcome(t('scripts.saved', { name: draft.name }), { onDone: () => void navigate({ to: '/scripts', search: {} }) })
    if (script) save.mutate({ id: script.id, draft }, done)
    else add.mutate(draft, done)
  }
  useKeys({ 'mod+s': send })
  return (
    <div className="page fixed script-page">
      <div className="page-head">
        <div className="grow"><Link to="/scripts" search={{}} className="dim">{t('nav.scripts')}</Link><h1>{script?.name ?? t('scripts.add')}</h1></div>
        {script && <RunScript script={script} />}
        {script && may && <RemoveScript script={script} />}
        {may && <Button disabled={!ready} loading={add.isPending || save.isPending} onClick={send}>{t('scripts.save')}</Button>}
      </div>
      <div className="row wrap" style={{ alignItems: 'flex-start' }}>
        <TextInput label={t('column.name')} value={draft.name} onChange={(event) => change({ name: event.currentTarget.value })} required readOnly={!may} w={240} maxLength={128} placeholder="check_autoruns.sh" />
        <Select label={t('scripts.kind')} w={140} value={draft.kind} disabled={!may} data={['bash', 'powershell'].map((value) => ({ value, label: t(`scriptKind.${value}`) }))} onChange={(kind) => change({ kind: kind === 'powershell' ? 'powershell' : 'bash' })} />
        <TextInput className="grow" label={t('respond.description')} value={draft.description} onChange={(event) => change({ description: event.currentTarget.value })} readOnly={!may} maxLength={1000} />
        <TextInput className="grow" label={t('scripts.parameters')} placeholder={t('scripts.parametersHint')} value={draft.parameters} onChange={(event) => change({ parameters: event.currentTarget.value })} readOnly={!may} maxLength={1000} />
      </div>
      {draft.kind === 'powershell' && <div className="warn-line"><p>{t('scripts.powershell')}</p></div>}
      <section className="panel script-text"><Code language="query" label={t('scripts.text')} value={draft.text} onChange={may ? (text) => change({ text }) : undefined} onSave={send} /></section>
      <p className="dim" style={{ margin: 0 }}>{t('scripts.signedHelp')} {script?.sha256 && <span className="mono">SHA-256 {script.sha256.slice(0, 16)}…</span>}</p>
    </div>
  )
}

function RemoveScript({ script }: { script: Script }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const outcome = useOutcome()
  const { remove } = useScriptChanges()
  const [asking, setAsking] = useState(false)
  const run = () => remove.mutate(script.id, outcome('', { onDone: () => void navigate({ to: '/scripts', search: {} }), onEnd: () => setAsking(false) }))
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.delete')}</Button>
      <Confirm opened={asking} danger title={t('scripts.removeTitle')} message={t('scripts.removeMessage')} target={<strong>{script.name}</strong>} confirm={t('action.delete')} busy={remove.isPending} onConfirm={run} onCancel={() => setAsking(false)} />
    </>
  )
}
