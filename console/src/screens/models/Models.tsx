import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../../api/content'
import type { ModelRow } from '../../api/shapes'
import { FilterChip } from '../../components/Chips'
import { DataTable, type Column, type Order } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { Products } from '../../components/Product'
import { SearchBox } from '../../components/SearchBox'
import { LEVELS, Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { ModelSwitch } from './ModelSwitch'

/** Every detection model: what it finds, what it needs, whether it is on. */
export function Models() {
  const { t } = useTranslation()
  const text = useText()
  const navigate = useNavigate()
  const [address, setAddress] = useAddress()
  const models = useQuery(modelsQuery)
  const columns = useColumns(models.data?.items.some((model) => model.updatedDateTime !== null) ?? false)
  usePageTitle(t('nav.models'))
  const severities = LEVELS.filter((level) => (address.severity ?? '').split(',').includes(level))
  const [by = 'severity', direction = 'desc'] = (address.order ?? '').split(' ').filter(Boolean)
  const order: Order = { by, direction: direction === 'asc' ? 'asc' : 'desc' }
  const rows = useMemo(() => {
    const wanted = (address.search ?? '').toLowerCase()
    const fits = (model: ModelRow) =>
      (severities.length === 0 || severities.includes(model.severity)) &&
      [model.id, model.name.en, model.name.ja, ...model.techniques.map((one) => `${one.id} ${one.name}`)].join(' ').toLowerCase().includes(wanted)
    return inOrder((models.data?.items ?? []).filter(fits), order, text)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the address holds everything that matters
  }, [models.data, address, text])
  const open = (id: string) => void navigate({ to: '/models/$id', params: { id } })
  const step = (move: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, move) })
  useKeys({ j: () => step(1), k: () => step(-1), Enter: (event) => (event.target instanceof HTMLElement && event.target.closest('a, button, input') ? event.target.click() : address.cursor && open(address.cursor)) })
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.models')}</h1>
        <FilterChip
          name={t('column.severity')}
          many
          none={t('filter.all')}
          options={LEVELS.filter((level) => level !== 'info').map((level) => ({ value: level, label: <Severity level={level} plain /> }))}
          chosen={severities}
          changed={severities.length > 0}
          onChoose={(chosen) => setAddress({ severity: chosen.join(',') || undefined }, true)}
        />
        <span className="grow" />
        <SearchBox value={address.search ?? ''} placeholder={t('models.search')} onApply={(search) => setAddress({ search: search || undefined }, true)} />
      </div>
      <div className="split">
        <section className="panel">
          {models.isPending && <Loading lines={10} />}
          {models.isError && <Failed error={models.error} onRetry={() => void models.refetch()} />}
          {models.isSuccess && rows.length === 0 && <Empty title={t('models.empty')}><p>{t('models.emptyHelp')}</p></Empty>}
          {rows.length > 0 && (
            <DataTable
              label={t('nav.models')}
              rows={rows}
              columns={columns}
              rowKey={(row) => row.id}
              cursor={address.cursor}
              onChoose={(row) => setAddress({ cursor: row.id })}
              onOpen={(row) => open(row.id)}
              order={order}
              onOrder={(next) => setAddress({ order: `${next.by} ${next.direction}` })}
            />
          )}
        </section>
      </div>
    </div>
  )
}

function inOrder(rows: ModelRow[], order: Order, text: ReturnType<typeof useText>): ModelRow[] {
  const sign = order.direction === 'asc' ? 1 : -1
  const value = (row: ModelRow): string | number => {
    if (order.by === 'severity') return -LEVELS.indexOf(row.severity)
    if (order.by === 'alertCount') return row.alertCount
    return order.by === 'enabled' ? Number(row.enabled) : text(row.name)
  }
  const compare = (a: ModelRow, b: ModelRow) => {
    const [left, right] = [value(a), value(b)]
    return typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right))
  }
  return [...rows].sort((a, b) => sign * compare(a, b) || text(a.name).localeCompare(text(b.name)))
}

/** `dated`: whether the server knows when models last changed. */
function useColumns(dated: boolean): Column<ModelRow>[] {
  const { t } = useTranslation()
  const text = useText()
  return [
    { key: 'severity', header: t('column.severity'), width: '96px', order: 'severity', cell: (row) => <Severity level={row.severity} plain /> },
    {
      key: 'name',
      header: t('column.name'),
      order: 'name',
      cell: (row) => (
        <>
          <Link className="clip" style={{ display: 'block', fontWeight: 600 }} to="/models/$id" params={{ id: row.id }}>{text(row.name)}</Link>
          <span className="dim clip" style={{ display: 'block', fontSize: 12 }} title={text(row.description)}>{text(row.description)}</span>
        </>
      ),
    },
    { key: 'products', header: t('column.needs'), width: '210px', cell: (row) => <Products products={row.products} available={row.available} /> },
    { key: 'techniques', header: t('column.techniques'), width: '120px', cell: (row) => <Techniques techniques={row.techniques} most={1} /> },
    { key: 'rules', header: t('column.rules'), width: '70px', numeric: true, cell: (row) => row.rules.length },
    {
      key: 'alerts',
      header: t('column.alerts'),
      width: '78px',
      numeric: true,
      order: 'alertCount',
      cell: (row) => (row.alertCount > 0 ? <Link to="/workbench" search={{ model: row.id, created: 'all', status: 'all' }}>{row.alertCount}</Link> : 0),
    },
    ...(dated ? [{ key: 'updated', header: t('column.updated'), width: '122px', cell: (row: ModelRow) => <Moment short at={row.updatedDateTime} /> }] : []),
    { key: 'enabled', header: t('column.enabled'), width: '90px', order: 'enabled', cell: (row) => <ModelSwitch model={row} /> },
  ]
}
