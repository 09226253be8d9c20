import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listAudit } from '../../api/administration'
import type { AuditRow } from '../../api/shapes'
import { DataTable, type Column } from '../../components/DataTable'
import { valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { boundsOf, readRange, writeRange } from '../../components/range'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'

/** Who did what, when and from where. */
export function AuditLog() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const range = readRange(address, '7d')
  const [now] = useState(() => Date.now())
  const rangeText = JSON.stringify(range)
  const search = address.search ?? ''
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the range
  const query = useMemo(() => ({ ...boundsOf(range, now), search, top: 100 }), [rangeText, now, search])
  const list = useInfiniteQuery({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) => listAudit({ ...query, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const columns = useColumns()
  usePageTitle(t('nav.audit'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.audit')}</h1>
        <span className="grow" />
        <SearchBox value={search} placeholder={t('audit.search')} onApply={(text) => setAddress({ search: text || undefined }, true)} />
        <TimeRange range={range} onChange={(next) => setAddress(writeRange(next, '7d'), true)} />
      </div>
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={12} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <Empty title={t('audit.empty')}><p>{t('audit.emptyHelp')}</p></Empty>}
          {rows.length > 0 && (
            <DataTable
              label={t('nav.audit')}
              rows={rows}
              columns={columns}
              rowKey={(row) => String(row.id ?? `${row.at}-${row.who}-${row.action}`)}
              rowHeight={30}
              foot={
                <div className="table-foot">
                  <span>{t('search.shown', { count: rows.length })}</span>
                  {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
                </div>
              }
            />
          )}
        </section>
      </div>
    </div>
  )
}

function useColumns(): Column<AuditRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'at', header: t('audit.at'), width: '160px', cell: (row) => <Moment at={row.at} /> },
    { key: 'who', header: t('audit.who'), width: '140px', cell: (row) => <strong>{row.who}</strong> },
    { key: 'action', header: t('audit.action'), width: '220px', cell: (row) => <span className="mono">{row.action}</span> },
    { key: 'target', header: t('audit.target'), width: '240px', cell: (row) => <span className="mono">{row.target ?? ''}</span> },
    { key: 'result', header: t('audit.result'), width: '100px', cell: (row) => t(`audit.outcome.${row.result}`, row.result ?? '') },
    { key: 'address', header: t('object.address'), width: '130px', cell: (row) => <span className="mono">{row.address ?? ''}</span> },
    { key: 'details', header: t('audit.details'), cell: (row) => <span className="dim clip" style={{ display: 'block' }} title={valueText(row.details)}>{valueText(row.details)}</span> },
  ]
}
