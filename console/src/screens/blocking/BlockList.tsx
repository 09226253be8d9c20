import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { blockListQuery, exportAddress, FORMATS, useBlockChanges } from '../../api/blockList'
import { BLOCK_TYPES, type BlockEntry } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { FilterChip } from '../../components/Chips'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { ObjectValue } from '../../components/ObjectMenu'
import { SearchBox } from '../../components/SearchBox'
import { Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useOutcome } from '../../components/outcome'
import { useRefusal } from '../../components/refusal'
import { BlockDialog } from './BlockDialog'
import { BlockTabs } from './BlockTabs'
import { EnforcementPanel } from './EnforcementPanel'
import { chosenEntries, reachOf, STATE_BADGES } from './entries'

const keyOf = (row: BlockEntry) => `${row.type} ${row.value}`

/** What is blocked everywhere: hashes, addresses, domains, URLs, senders; and where it truly holds. */
export function BlockList() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const may = useMay('respond')
  const list = useQuery(blockListQuery)
  const [adding, setAdding] = useState(address.add ?? '')
  const types = BLOCK_TYPES.filter((type) => (address.type ?? '').split(',').includes(type))
  const rows = useMemo(() => chosenEntries(list.data?.items ?? [], { search: address.search ?? '', types }), [list.data, address]) // eslint-disable-line react-hooks/exhaustive-deps -- the types stand in the address
  const chosen = rows.find((row) => keyOf(row) === address.cursor)
  usePageTitle(t('nav.blockList'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.blockList')}</h1>
        <FilterChip name={t('blockList.type')} many none={t('filter.all')} options={BLOCK_TYPES.map((value) => ({ value, label: t(`blockType.${value}`) }))} chosen={types} changed={types.length > 0} onChoose={(chosen) => setAddress({ type: chosen.join(',') || undefined }, true)} />
        <span className="grow" />
        <SearchBox value={address.search ?? ''} placeholder={t('blockList.search')} onApply={(search) => setAddress({ search: search || undefined }, true)} width={230} />
        <ExportMenu />
        {may && <ImportButton />}
        {may && <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(' ')}>{t('blockList.add')}</Button>}
      </div>
      <BlockTabs />
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={10} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <Empty title={t(list.data.items.length > 0 ? 'blockList.emptyNarrow' : 'blockList.empty')}><p>{t('blockList.emptyHelp')}</p></Empty>}
          {rows.length > 0 && <Rows rows={rows} />}
        </section>
        {chosen && <EnforcementPanel entry={chosen} onClose={() => setAddress({ cursor: undefined })} />}
      </div>
      {adding !== '' && <BlockDialog first={adding.trim()} onClose={() => setAdding('')} />}
    </div>
  )
}

function Rows({ rows }: { rows: BlockEntry[] }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const columns = useColumns(rows.some((row) => keyOf(row) === address.cursor))
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map(keyOf), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  return <DataTable label={t('nav.blockList')} rows={rows} columns={columns} rowKey={keyOf} rowHeight={46} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: keyOf(row) })} />
}

const OBJECTS = { fileSha1: 'hash', fileSha256: 'hash', ip: 'address', domain: 'domain', url: 'value', senderMailAddress: 'value' } as const

/** `isNarrow`: one of them is open beside the list. */
function useColumns(isNarrow: boolean): Column<BlockEntry>[] {
  const { t } = useTranslation()
  const may = useMay('respond')
  const columns: Column<BlockEntry>[] = [
    { key: 'value', header: t('blockList.value'), cell: (row) => <ObjectValue className="mono two-lines" object={{ type: OBJECTS[row.type] ?? 'value', field: '', value: row.value }} /> },
    { key: 'type', header: t('blockList.type'), width: '120px', cell: (row) => t(`blockType.${row.type}`) },
    { key: 'action', header: t('blockList.action'), width: '84px', cell: (row) => t(`blockAction.${row.action}`) },
    { key: 'risk', header: t('blockList.risk'), width: '96px', cell: (row) => <Severity level={row.risk} plain /> },
    { key: 'enforcement', header: t('blockList.enforcement'), width: '170px', cell: (row) => <Enforcement row={row} /> },
    { key: 'expires', header: t('respond.expires'), width: '118px', cell: (row) => (row.expires ? <Moment short at={row.expires} /> : <span className="dim">{t('expiry.never')}</span>) },
    { key: 'description', header: t('respond.description'), width: '170px', cell: (row) => <span className="two-lines" title={row.description}>{row.description}</span> },
    { key: 'by', header: t('column.created'), width: '118px', cell: (row) => <><Moment short at={row.created} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.createdBy}</span></> },
  ]
  const shown = isNarrow ? columns.filter(({ key }) => ['value', 'type', 'enforcement'].includes(key)) : columns
  return may ? [...shown, { key: 'tools', header: '', width: '84px', cell: (row) => <Remove row={row} /> }] : shown
}

/** Its state over all places, and how many endpoints refuse it; more beside the list. */
function Enforcement({ row }: { row: BlockEntry }) {
  const { t } = useTranslation()
  const [, setAddress] = useAddress()
  const reach = reachOf(row)
  return (
    <button type="button" className="plain row wrap tight" aria-label={t('blockList.where.open', { value: row.value })} onClick={() => setAddress({ cursor: keyOf(row) })}>
      <span className={`badge ${STATE_BADGES[row.state]}`}>{t(`enforcement.${row.state}`)}</span>
      {reach && <span className="num dim" title={t('blockList.where.count', { enforced: reach[0], total: reach[1] })}>{reach[0]} / {reach[1]}</span>}
    </button>
  )
}

function Remove({ row }: { row: BlockEntry }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { remove } = useBlockChanges()
  const [asking, setAsking] = useState(false)
  const run = () => remove.mutate([{ type: row.type, value: row.value }], outcome(t('blockList.removed'), { onEnd: () => setAsking(false) }))
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.remove')}</Button>
      <Confirm opened={asking} danger title={t('blockList.removeTitle')} message={t('blockList.removeMessage')} target={<span className="mono" style={{ overflowWrap: 'anywhere' }}>{row.value}</span>} confirm={t('action.remove')} busy={remove.isPending} onConfirm={run} onCancel={() => setAsking(false)} />
    </>
  )
}

function ExportMenu() {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>{t('blockList.export')}</Button></Menu.Target>
      <Menu.Dropdown>{FORMATS.map((format) => <Menu.Item key={format} component="a" href={exportAddress(format)} download>{t(`blockFormat.${format}`)}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  )
}

function ImportButton() {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const { take } = useBlockChanges()
  const input = useRef<HTMLInputElement>(null)
  const chosen = (file: File | undefined) => {
    if (!file) return
    take.mutate(file, {
      onSuccess: (done) => (done.errors?.length ? notice.warn(t('blockList.importedPartly', { added: done.added ?? 0, bad: done.errors.length })) : notice.tell(t('blockList.imported', { count: done.added ?? 0 }))),
      onError: (error) => notice.warn(refusal(error)),
    })
  }
  return (
    <>
      <input ref={input} type="file" accept=".csv,.txt" hidden aria-label={t('blockList.import')} onChange={(event) => { chosen(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
      <Button variant="default" loading={take.isPending} onClick={() => input.current?.click()}>{t('blockList.import')}</Button>
    </>
  )
}
