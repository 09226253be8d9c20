import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { connectionsQuery } from '../api/entities'
import type { Connection } from '../api/entityShapes'
import { AddressMark } from './AddressMark'
import { FilterChip } from './Chips'
import { DataTable, type Column } from './DataTable'
import { Moment } from './Moment'
import { ObjectValue } from './ObjectMenu'
import { Panel } from './Panel'
import { Empty, Failed, Loading } from './States'
import { Rarity } from './Rarity'

const MINUTES = ['5', '15', '60', '240']

/** Where a host connected to around a moment, what hardly any other host does first. */
export function Connections({ guid, at }: { guid: string; at: number | null }) {
  const { t } = useTranslation()
  const [minutes, setMinutes] = useState('15')
  const found = useQuery({ ...connectionsQuery(guid, at ?? 0, Number(minutes)), enabled: at !== null })
  if (at === null) return null
  const chip = <FilterChip name={t('entity.around')} none="" chosen={[minutes]} options={MINUTES.map((one) => ({ value: one, label: t('entity.minutes', { count: Number(one) }) }))} onChoose={([one]) => setMinutes(one ?? '15')} />
  return (
    <Panel title={t('entity.connections')} plain tools={<><span className="dim"><Moment at={at} /></span>{chip}</>}>
      {found.isPending && <Loading lines={4} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <Empty title={t('entity.noConnections')} />}
      {found.data && found.data.items.length > 0 && <Rows items={found.data.items} />}
    </Panel>
  )
}

function Rows({ items }: { items: Connection[] }) {
  const { t } = useTranslation()
  const rows = [...items].sort((a, b) => b.hits.length - a.hits.length || (b.rarity ?? 0) - (a.rarity ?? 0))
  const columns: Column<Connection>[] = [
    { key: 'at', header: t('column.eventTime'), width: '120px', cell: (row) => <Moment short at={row.at} /> },
    { key: 'dst', header: t('object.address'), cell: (row) => <><ObjectValue className="mono" object={{ type: 'address', field: 'dst', value: row.dst }}>{row.dst}{row.port ? `:${row.port}` : ''}</ObjectValue> <AddressMark address={row.dst} internal={row.isInternal} asset={row.assetName ?? undefined} />{row.hostName && <span className="dim mono clip" style={{ display: 'block' }}>{row.hostName}</span>}</> },
    { key: 'process', header: t('object.process'), cell: (row) => (row.process ? <ObjectValue className="mono" object={{ type: 'process', field: 'processFilePath', value: row.process }} /> : <span className="dim">–</span>) },
    { key: 'count', header: t('search.count'), width: '80px', numeric: true, cell: (row) => row.count.toLocaleString() },
    { key: 'rarity', header: t('entity.prevalence'), width: '150px', cell: (row) => <Common row={row} /> },
    { key: 'hits', header: t('entity.hits'), width: '170px', cell: (row) => (row.hits.length > 0 ? <span className="badge badge-bad" style={{ whiteSpace: 'normal' }} title={row.hits.map((hit) => hit.value).join('\n')}>{row.hits.map((hit) => hit.note || t(`entity.hit.${hit.kind}`, hit.kind)).join(', ')}</span> : <span className="dim">–</span>) },
  ]
  return <DataTable free label={t('entity.connections')} rows={rows} columns={columns} rowKey={(row) => row.uuid} />
}

function Common({ row }: { row: Connection }) {
  const { t } = useTranslation()
  return <span className="row tight"><Rarity rarity={row.rarity} /><span className="dim num">{t('check.onEndpoints', { endpoints: row.endpoints, of: row.of })}</span></span>
}

/** The same around one activity, where a person asks for it. */
export function ConnectionsHere({ guid, at }: { guid: string; at: number }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <section className="why-here no-print">
      <button type="button" className="plain link why-here-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon size={15} aria-hidden />
        {t('entity.connectionsHere')}
      </button>
      {open && <Connections guid={guid} at={at} />}
    </section>
  )
}
