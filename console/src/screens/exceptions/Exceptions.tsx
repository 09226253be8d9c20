import { Button, Switch } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { modelQuery } from '../../api/content'
import { exceptionsQuery, useExceptionChanges } from '../../api/exceptions'
import type { ExceptionRow } from '../../api/exceptionShapes'
import { useMay } from '../../api/session'
import { FilterChip, ValueChip } from '../../components/Chips'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { ContentTabs } from '../models/ContentTabs'
import { useOutcome } from '../../components/outcome'
import { useRefusal } from '../../components/refusal'
import '../models/models.css'
import './exceptions.css'
import { chosenExceptions, STATES } from './list'

/** Every exception: what it passes over, where, until when, who made it, and how often it did. */
export function Exceptions() {
  const { t } = useTranslation()
  const may = useMay('content')
  const [address, setAddress] = useAddress()
  const exceptions = useQuery(exceptionsQuery)
  const filters = useFiltersOf(address.model)
  const states = STATES.filter((state) => (address.state ?? '').split(',').includes(state))
  const rows = useMemo(
    () => chosenExceptions(exceptions.data?.items ?? [], { search: address.search ?? '', states, filter: address.filter ?? '', filters }),
    [exceptions.data, address, filters], // eslint-disable-line react-hooks/exhaustive-deps -- the states stand in the address
  )
  usePageTitle(t('nav.exceptions'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.exceptions')}</h1>
        <FilterChip name={t('column.state')} many none={t('filter.all')} options={STATES.map((state) => ({ value: state, label: t(`exceptionState.${state}`) }))} chosen={states} changed={states.length > 0} onChoose={(chosen) => setAddress({ state: chosen.join(',') || undefined }, true)} />
        {address.filter && <ValueChip name={t('column.filter')} value={address.filter} onRemove={() => setAddress({ filter: undefined }, true)} />}
        {address.model && <ValueChip name={t('column.model')} value={address.model} onRemove={() => setAddress({ model: undefined }, true)} />}
        <span className="grow" />
        <SearchBox value={address.search ?? ''} placeholder={t('exceptions.search')} width={240} onApply={(search) => setAddress({ search: search || undefined }, true)} />
        {may && <Button leftSection={<IconPlus size={15} />} renderRoot={(props) => <Link to="/exceptions/new" search={address.filter ? { filter: address.filter } : {}} {...props} />}>{t('exceptions.add')}</Button>}
      </div>
      <ContentTabs />
      <div className="split">
        <section className="panel">
          {exceptions.isPending && <Loading lines={8} />}
          {exceptions.isError && <Failed error={exceptions.error} onRetry={() => void exceptions.refetch()} />}
          {exceptions.isSuccess && rows.length === 0 && <Empty title={t(exceptions.data.items.length === 0 ? 'exceptions.none' : 'exceptions.empty')}><p>{t('exceptions.noneHelp')}</p></Empty>}
          {rows.length > 0 && <Rows rows={rows} />}
        </section>
      </div>
    </div>
  )
}

/** The filters a model builds on; null when no model was asked for or it is not known yet. */
function useFiltersOf(model: string | undefined): string[] | null {
  const found = useQuery({ ...modelQuery(model ?? ''), enabled: Boolean(model) }).data
  return useMemo(() => (model && found ? found.rules.flatMap((rule) => rule.filters.map((filter) => filter.id)) : null), [model, found])
}

function Rows({ rows }: { rows: ExceptionRow[] }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const columns = useColumns()
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  return <DataTable label={t('nav.exceptions')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={46} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} />
}

function useColumns(): Column<ExceptionRow>[] {
  const { t } = useTranslation()
  const may = useMay('content')
  const columns: Column<ExceptionRow>[] = [
    { key: 'what', header: t('exceptions.what'), cell: (row) => <What row={row} /> },
    { key: 'filter', header: t('column.filter'), width: '180px', cell: (row) => <Which row={row} /> },
    { key: 'scope', header: t('exceptions.scope'), width: '112px', cell: (row) => <Scope row={row} /> },
    { key: 'reason', header: t('exceptions.reason'), width: '156px', cell: (row) => <span className="two-lines" title={row.reason}>{row.reason}</span> },
    { key: 'by', header: t('column.created'), width: '118px', cell: (row) => <><Moment short at={row.createdDateTime} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.createdBy}</span></> },
    { key: 'expires', header: t('exceptions.expires'), width: '118px', cell: (row) => <Expires row={row} /> },
    { key: 'hits', header: t('exceptions.hits'), width: '104px', numeric: true, cell: (row) => <><strong className="num">{row.hits}</strong>{row.lastHitDateTime && <span className="dim" style={{ display: 'block', fontSize: 12 }}><Moment short at={row.lastHitDateTime} /></span>}</> },
    { key: 'enabled', header: t('column.enabled'), width: '84px', cell: (row) => <EnabledSwitch row={row} /> },
  ]
  return may ? [...columns, { key: 'tools', header: '', width: '78px', cell: (row) => <Delete row={row} /> }] : columns
}

export function What({ row }: { row: Pick<ExceptionRow, 'field' | 'operator' | 'value'> }) {
  const { t } = useTranslation()
  return (
    <span className="two-lines mono" title={row.value}>
      <strong>{row.field}</strong> <span className="dim">{t(`operator.${row.operator}`)}</span> {row.value}
    </span>
  )
}

function Which({ row }: { row: ExceptionRow }) {
  const { t } = useTranslation()
  const text = useText()
  if (!row.filterId) return <span className="badge badge-warn">{t('exceptions.allFilters')}</span>
  return <Link className="two-lines" to="/filters/$id" params={{ id: row.filterId }}>{text(row.filterTitle) || row.filterId}</Link>
}

function Scope({ row }: { row: ExceptionRow }) {
  const { t } = useTranslation()
  const endpoints = row.scope?.endpoints ?? []
  return <span className="two-lines" title={endpoints.join('\n')}>{endpoints.length === 0 ? t('exceptions.allEndpoints') : endpoints.join(', ')}</span>
}

function Expires({ row }: { row: ExceptionRow }) {
  const { t } = useTranslation()
  if (row.expired) return <span className="badge">{t('exceptionState.expired')}</span>
  return row.expiresDateTime ? <Moment short at={row.expiresDateTime} /> : <span className="dim">{t('expiry.never')}</span>
}

function EnabledSwitch({ row }: { row: ExceptionRow }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const may = useMay('content')
  const { change } = useExceptionChanges()
  const turn = (enabled: boolean) => change.mutate({ id: row.id, changes: { enabled } }, outcome(''))
  return <Switch checked={row.enabled} disabled={!may || change.isPending} aria-label={t('models.switch', { name: `${row.field} ${row.value}` })} onChange={(event) => turn(event.currentTarget.checked)} />
}

/** Deleting asks back, and can be undone: the same exception is made again. */
function Delete({ row }: { row: ExceptionRow }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const { remove, add, change } = useExceptionChanges()
  const [asking, setAsking] = useState(false)
  const undo = () => {
    const { field, operator, value, filterId, scope, expiresDateTime, reason } = row
    // Whoever made it had seen which proofs it blinds.
    const again = { field, operator, value, filterId, scope, expiresDateTime, reason, override: true }
    const off = (made: ExceptionRow) => (row.enabled ? undefined : change.mutateAsync({ id: made.id, changes: { enabled: false } }))
    add.mutateAsync(again).then(off).catch((error: unknown) => notice.warn(refusal(error)))
  }
  const run = () =>
    remove.mutate(row.id, {
      onSuccess: () => {
        setAsking(false)
        notice.tell(t('exceptions.deleted'), { label: t('action.undo'), run: undo })
      },
      onError: (error) => notice.warn(refusal(error)),
    })
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>{t('action.delete')}</Button>
      <Confirm opened={asking} danger title={t('exceptions.deleteTitle')} message={t('exceptions.deleteMessage')} target={<What row={row} />} confirm={t('action.delete')} busy={remove.isPending} onConfirm={run} onCancel={() => setAsking(false)} />
    </>
  )
}

