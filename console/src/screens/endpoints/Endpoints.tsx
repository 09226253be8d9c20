import { Button } from '@mantine/core'
import { IconAdjustments, IconPackage, IconPlus } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listEndpoints } from '../../api/endpoints'
import type { EndpointRow } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { FilterChip } from '../../components/Chips'
import { DataTable } from '../../components/DataTable'
import { RespondButton } from '../../components/response/RespondButton'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useEndpointColumns } from './columns'
import './endpoints.css'
import { EnrolDialog } from './EnrolDialog'
import { endpointQueryOf, readOrder } from './view'

/** Every host with our sensor: what it is, how it does, and what can be done about it. */
export function Endpoints() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const may = useMay('administer')
  const [enrolling, setEnrolling] = useState(false)
  const list = useEndpointList()
  const narrowed = ['search', 'type', 'os', 'connected', 'isolated'].some((key) => address[key])
  usePageTitle(t('nav.endpoints'))
  const enrol = may && <Button leftSection={<IconPlus size={15} />} onClick={() => setEnrolling(true)}>{t('enrol.open')}</Button>
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.endpoints')}</h1>
        <Filters />
        <span className="grow" />
        <SearchBox value={address.search ?? ''} placeholder={t('endpoints.search')} onApply={(search) => setAddress({ search: search || undefined }, true)} width={190} />
        <Button variant="default" leftSection={<IconPackage size={15} />} renderRoot={(props) => <Link to="/endpoints/packages" {...props} />}>{t('sensorPackages.title')}</Button>
        <Button variant="default" leftSection={<IconAdjustments size={15} />} renderRoot={(props) => <Link to="/endpoints/policies" {...props} />}>{t('endpoints.policies')}</Button>
        {enrol}
      </div>
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={12} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && list.rows.length === 0 && (
            <Empty title={t(narrowed ? 'endpoints.emptyNarrow' : 'endpoints.empty')}>
              <p>{t(narrowed ? 'endpoints.emptyNarrowHelp' : 'endpoints.emptyHelp')}</p>
              {!narrowed && enrol}
            </Empty>
          )}
          {list.rows.length > 0 && <Rows list={list} />}
        </section>
      </div>
      <EnrolDialog opened={enrolling} onClose={() => setEnrolling(false)} />
    </div>
  )
}

function useEndpointList() {
  const [address] = useAddress()
  const query = useMemo(() => endpointQueryOf(address), [address])
  const list = useInfiniteQuery({
    queryKey: ['endpoints', 'list', query],
    queryFn: ({ pageParam, signal }) => listEndpoints({ ...query, top: 100, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, rows, total: list.data?.pages[0]?.totalCount ?? rows.length }
}

function Filters() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const chip = (key: string, name: string, values: string[], labelOf: (value: string) => string) => (
    <FilterChip name={name} none={t('filter.all')} changed={Boolean(address[key])} chosen={[address[key] ?? '']} options={['', ...values].map((value) => ({ value, label: value ? labelOf(value) : t('filter.all') }))} onChoose={([value]) => setAddress({ [key]: value || undefined }, true)} />
  )
  return (
    <>
      {chip('connected', t('endpoints.connection'), ['true', 'false'], (value) => t(value === 'true' ? 'endpoints.online' : 'endpoints.offline'))}
      {chip('isolated', t('endpoints.isolated'), ['true', 'false'], (value) => t(value === 'true' ? 'endpoints.isolation.on' : 'endpoints.isolation.off'))}
      {chip('type', t('endpoints.type'), ['server', 'desktop'], (value) => t(`endpoints.kind.${value}`))}
      {chip('os', t('respond.os'), ['linux', 'windows'], (value) => (value === 'linux' ? 'Linux' : 'Windows'))}
    </>
  )
}

function Rows({ list }: { list: ReturnType<typeof useEndpointList> }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [address, setAddress] = useAddress()
  const columns = useEndpointColumns()
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const { rows } = list
  const open = (guid: string) => void navigate({ to: '/endpoints/$guid', params: { guid } })
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.guid), address.cursor, by) })
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, button')) return event.target.click()
      if (address.cursor) open(address.cursor)
    },
    Escape: () => setMarked(new Set()),
  })
  const chosen = rows.filter((row) => marked.has(row.guid))
  return (
    <>
      {chosen.length > 0 && (
        <div className="mark-bar" role="toolbar" aria-label={t('endpoints.bulk')}>
          <strong className="num">{t('workbench.marked', { count: chosen.length })}</strong>
          <RespondButton wish={{ objectType: 'host', hosts: chosen.map(({ guid, name }) => ({ guid, name })), given: {} }} source="endpoints" />
          <span className="grow" />
          <Button variant="subtle" color="gray" onClick={() => setMarked(new Set())}>{t('table.unmark')}</Button>
        </div>
      )}
      <DataTable<EndpointRow>
        label={t('nav.endpoints')}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.guid}
        rowHeight={46}
        cursor={address.cursor}
        onChoose={(row) => setAddress({ cursor: row.guid })}
        onOpen={(row) => open(row.guid)}
        marked={marked}
        onMark={setMarked}
        order={readOrder(address)}
        onOrder={(order) => setAddress({ order: `${order.by} ${order.direction}` }, true)}
        foot={
          <div className="table-foot">
            <span>{t('table.shown', { shown: rows.length, total: list.total })}</span>
            {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
          </div>
        }
      />
    </>
  )
}
