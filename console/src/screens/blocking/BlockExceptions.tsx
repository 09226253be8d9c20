import { Button, Modal, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { blockExceptionsQuery, useBlockChanges, type BlockException } from '../../api/blockList'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { blockTypeOf } from '../../components/response/wish'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useRefusal } from '../../components/refusal'
import { BlockTabs } from './BlockTabs'

const keyOf = (row: BlockException) => `${row.type} ${row.value}`

/** Values that are never blocked, whoever puts them on the list. */
export function BlockExceptions() {
  const { t } = useTranslation()
  const may = useMay('content')
  const found = useQuery(blockExceptionsQuery)
  const [adding, setAdding] = useState(false)
  const rows = found.data?.items ?? []
  usePageTitle(t('blockList.tab.exceptions'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.blockList')}</h1>
        <span className="grow" />
        {may && <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>{t('blockList.exception.add')}</Button>}
      </div>
      <BlockTabs />
      <div className="split">
        <section className="panel">
          {found.isPending && <Loading lines={8} />}
          {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
          {found.isSuccess && rows.length === 0 && <Empty title={t('blockList.exception.empty')}><p>{t('blockList.exception.emptyHelp')}</p></Empty>}
          {rows.length > 0 && <Rows rows={rows} />}
        </section>
      </div>
      <Modal opened={adding} onClose={() => setAdding(false)} title={<strong>{t('blockList.exception.add')}</strong>}>{adding && <AddForm onClose={() => setAdding(false)} />}</Modal>
    </div>
  )
}

function Rows({ rows }: { rows: BlockException[] }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const may = useMay('content')
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map(keyOf), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  const columns: Column<BlockException>[] = [
    { key: 'value', header: t('blockList.value'), cell: (row) => <span className="mono two-lines" title={row.value}>{row.value}</span> },
    { key: 'type', header: t('blockList.type'), width: '130px', cell: (row) => t(`blockType.${row.type}`) },
    { key: 'description', header: t('respond.description'), cell: (row) => <span className="two-lines" title={row.description}>{row.description}</span> },
    { key: 'by', header: t('column.created'), width: '140px', cell: (row) => <><Moment short at={row.created} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.createdBy}</span></> },
  ]
  return <DataTable label={t('blockList.tab.exceptions')} rows={rows} columns={may ? [...columns, { key: 'tools', header: '', width: '84px', cell: (row) => <Remove row={row} /> }] : columns} rowKey={keyOf} rowHeight={46} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: keyOf(row) })} />
}

function Remove({ row }: { row: BlockException }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { unexcept } = useBlockChanges()
  const [asking, setAsking] = useState(false)
  const run = () => unexcept.mutate(row, outcome(t('blockList.exception.removed'), { onEnd: () => setAsking(false) }))
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.remove')}</Button>
      <Confirm opened={asking} danger title={t('blockList.exception.removeTitle')} message={t('blockList.exception.removeMessage')} target={<span className="mono" style={{ overflowWrap: 'anywhere' }}>{row.value}</span>} confirm={t('action.remove')} busy={unexcept.isPending} onConfirm={run} onCancel={() => setAsking(false)} />
    </>
  )
}

/** One value; its kind is told by itself. */
function AddForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const refusal = useRefusal()
  const { except } = useBlockChanges()
  const [value, setValue] = useState('')
  const [description, setDescription] = useState('')
  const type = blockTypeOf(value)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (type) except.mutate({ type, value: value.trim(), description: description.trim() }, { ...outcome(t('blockList.exception.added'), { onDone: onClose }), onError: () => undefined })
  }
  return (
    <form className="col" onSubmit={submit}>
      <p style={{ margin: 0 }}>{t('blockList.exception.help')}</p>
      <TextInput className="mono-input" label={t('blockList.value')} description={type ? t(`blockType.${type}`) : t('blockList.exception.kinds')} value={value} onChange={(event) => setValue(event.currentTarget.value)} required data-autofocus spellCheck={false} />
      <TextInput label={t('response.reason')} value={description} onChange={(event) => setDescription(event.currentTarget.value)} maxLength={1000} required />
      {except.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(except.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" disabled={!type || description.trim() === ''} loading={except.isPending}>{t('blockList.exception.add')}</Button>
      </div>
    </form>
  )
}
