import { Button, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { patternsQuery, usePatternChanges } from '../../api/patterns'
import { actionsQuery } from '../../api/response'
import type { PatternItem, Patterns as Set } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { useRespond } from '../../components/response/RespondProvider'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { useOutcome } from '../../components/outcome'
import { useRefusal } from '../../components/refusal'
import '../models/models.css'

/** What sensors look for in files: hashes and YARA rules, and which endpoint has which version of them. */
export function Patterns() {
  const { t } = useTranslation()
  const may = useMay('respond')
  const found = useQuery(patternsQuery)
  const [adding, setAdding] = useState(false)
  usePageTitle(t('nav.patterns'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.patterns')}</h1>
        {found.data && <Versions set={found.data} />}
        <span className="grow" />
        <ScanButton kind="quick" />
        <ScanButton kind="full" />
        {may && <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>{t('patterns.add')}</Button>}
      </div>
      <div className="split">
        <section className="panel">
          {found.isPending && <Loading lines={8} />}
          {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
          {found.data?.items.length === 0 && <Empty title={t('patterns.empty')}><p>{t('patterns.emptyHelp')}</p></Empty>}
          {found.data && found.data.items.length > 0 && <Rows items={found.data.items} />}
        </section>
      </div>
      <Modal opened={adding} onClose={() => setAdding(false)} size="lg" title={<strong>{t('patterns.add')}</strong>}>
        {adding && <AddForm onClose={() => setAdding(false)} />}
      </Modal>
    </div>
  )
}

/** How many endpoints have the newest version, how many are behind. */
function Versions({ set }: { set: Set }) {
  const { t } = useTranslation()
  const others = Object.entries(set.endpoints).filter(([version]) => version !== String(set.version))
  const behind = others.reduce((sum, [, count]) => sum + count, 0)
  return (
    <span className="row wrap tight" data-testid="pattern-versions">
      <span className="badge">{t('patterns.version', { version: set.version })}</span>
      <span className="badge badge-ok">{t('patterns.current', { count: set.endpoints[String(set.version)] ?? 0 })}</span>
      {behind > 0 && <span className="badge badge-warn" title={others.map(([version, count]) => `${version}: ${count}`).join('\n')}>{t('patterns.behind', { count: behind })}</span>}
    </span>
  )
}

function ScanButton({ kind }: { kind: 'quick' | 'full' }) {
  const { t } = useTranslation()
  const text = useText()
  const respond = useRespond()
  const action = useQuery(actionsQuery('host')).data?.items.find((one) => one.name === 'scan')
  if (!action) return null
  return <Button variant="default" disabled={!action.allowed} title={action.allowed ? undefined : text(action.why)} onClick={() => respond({ action, hosts: [], given: { kind }, source: 'patterns' })}>{t(`patterns.scan.${kind}`)}</Button>
}

function Rows({ items }: { items: PatternItem[] }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const may = useMay('respond')
  const columns: Column<PatternItem>[] = [
    { key: 'name', header: t('column.name'), cell: (row) => <><strong>{row.name}</strong>{row.description && <span className="dim clip" style={{ display: 'block' }}>{row.description}</span>}</> },
    { key: 'kind', header: t('patterns.kind'), width: '110px', cell: (row) => t(`patternKind.${row.kind}`) },
    { key: 'value', header: t('patterns.value'), cell: (row) => <span className="mono two-lines" title={row.value}>{row.value}</span> },
    { key: 'source', header: t('patterns.source'), width: '140px', cell: (row) => <span className="dim">{row.source}</span> },
    { key: 'since', header: t('patterns.since'), width: '90px', numeric: true, cell: (row) => row.sinceVersion },
    { key: 'by', header: t('column.created'), width: '130px', cell: (row) => <><Moment short at={row.created} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.createdBy}</span></> },
  ]
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(items.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  return <DataTable label={t('nav.patterns')} rows={items} columns={may ? [...columns, { key: 'tools', header: '', width: '84px', cell: (row) => <Remove row={row} /> }] : columns} rowKey={(row) => row.id} rowHeight={46} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} />
}

function Remove({ row }: { row: PatternItem }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { remove } = usePatternChanges()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.remove')}</Button>
      <Confirm opened={asking} danger title={t('patterns.removeTitle')} message={t('patterns.removeMessage')} target={<strong>{row.name}</strong>} confirm={t('action.remove')} busy={remove.isPending} onConfirm={() => remove.mutate(row.id, outcome('', { onEnd: () => setAsking(false) }))} onCancel={() => setAsking(false)} />
    </>
  )
}

function AddForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const { add } = usePatternChanges()
  const [kind, setKind] = useState<'hash' | 'yara'>('hash')
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [description, setDescription] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ kind, name: name.trim(), value: kind === 'hash' ? value.trim() : value, description: description.trim() }, {
      onSuccess: () => {
        notice.tell(t('patterns.added'))
        onClose()
      },
    })
  }
  return (
    <form className="col" onSubmit={submit}>
      <SegmentedControl size="xs" aria-label={t('patterns.kind')} value={kind} onChange={(next) => setKind(next as typeof kind)} data={[{ value: 'hash', label: t('patternKind.hash') }, { value: 'yara', label: t('patternKind.yara') }]} />
      <TextInput label={t('column.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={200} data-autofocus />
      {kind === 'hash' ? (
        <TextInput label={t('patterns.hash')} value={value} onChange={(event) => setValue(event.currentTarget.value)} required spellCheck={false} className="mono-input" />
      ) : (
        <Textarea label={t('patternKind.yara')} value={value} onChange={(event) => setValue(event.currentTarget.value)} required autosize minRows={8} maxRows={20} spellCheck={false} className="mono-input" placeholder={'rule name\n{\n  strings:\n    $a = "..."\n  condition:\n    $a\n}'} />
      )}
      <TextInput label={t('respond.description')} value={description} onChange={(event) => setDescription(event.currentTarget.value)} maxLength={1000} />
      {add.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0, whiteSpace: 'pre-wrap' }}>{refusal(add.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={add.isPending}>{t('patterns.add')}</Button>
      </div>
    </form>
  )
}
