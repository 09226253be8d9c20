import { Button, SegmentedControl } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { readStack } from '../../api/search'
import type { StackOrder, StackRow } from '../../api/searchShapes'
import { DataTable, type Column } from '../../components/DataTable'
import { typeOfField, valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { PathText } from '../../components/PathText'
import { useSearch } from './context'
import { FieldName, FieldPick } from './FieldPick'
import { NotFoundHere, Refused, Waiting } from './Outcome'
import { useFieldText } from './useFieldText'
import { MOST_STACKED, narrowed, termOf } from './view'

const keyOf = (row: StackRow) => JSON.stringify(row.values)

/** Rows put together by what they have in common, up to three fields, the rarest first. */
export function Stack() {
  const { view, question } = useSearch()
  const list = useInfiniteQuery({
    queryKey: ['search', 'stack', question, view.by, view.order],
    queryFn: ({ pageParam, signal }) => readStack(question, view.by, view.order, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken || undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  return (
    <section className="panel search-stack">
      <StackTools />
      {list.isPending ? <Waiting /> : list.isError ? <Refused error={list.error} onRetry={() => void list.refetch()} /> : <Stacks list={list} pages={list.data.pages} />}
    </section>
  )
}

function StackTools() {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  return (
    <div className="panel-head">
      <span className="dim">{t('search.stackedBy')}</span>
      {view.by.map((name) => <span key={name} className="badge"><FieldName name={name} /></span>)}
      <FieldPick label={t('search.stackFields')} button={<IconStack2 size={15} />} chosen={view.by} most={MOST_STACKED} onChange={(by) => by.length > 0 && change({ by })} />
      <span className="grow" />
      <SegmentedControl
        size="xs"
        aria-label={t('search.order')}
        value={view.order}
        onChange={(order) => change({ order: order as StackOrder })}
        data={[{ value: 'rare', label: t('search.rareFirst') }, { value: 'frequent', label: t('search.frequentFirst') }]}
      />
    </div>
  )
}

type Paged = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

function Stacks({ list, pages }: { list: Paged; pages: { items: StackRow[]; totalCount?: number }[] }) {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  const rows = useMemo(() => pages.flatMap((page) => page.items), [pages])
  const columns = useStackColumns(rows)
  if (rows.length === 0) return <NotFoundHere />
  const open = (row: StackRow) => {
    const query = view.by.reduce((text, field, index) => narrowed(text, termOf(field, row.values[index])), view.query)
    change({ query, mode: 'list', cursor: '' }, true)
  }
  return (
    <DataTable
      label={t('search.mode.stack')}
      rows={rows}
      columns={columns}
      rowKey={keyOf}
      onChoose={open}
      rowHeight={30}
      foot={
        <div className="table-foot">
          <span>{t('table.shown', { shown: rows.length.toLocaleString(), total: (pages[0]?.totalCount ?? rows.length).toLocaleString() })}</span>
          {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
        </div>
      }
    />
  )
}

function useStackColumns(rows: StackRow[]): Column<StackRow>[] {
  const { t } = useTranslation()
  const { view } = useSearch()
  const highest = Math.max(1, ...rows.map((row) => row.count))
  return [
    ...view.by.map((field, index): Column<StackRow> => ({ key: field, header: <FieldName name={field} />, cell: (row) => <StackValue field={field} value={row.values[index]} /> })),
    { key: 'count', header: t('search.count'), width: '150px', numeric: true, cell: (row) => <CountBar count={row.count} share={row.count / highest} /> },
    { key: 'endpoints', header: t('search.endpoints'), width: '110px', numeric: true, cell: (row) => row.endpoints.toLocaleString() },
    { key: 'first', header: t('search.firstSeen'), width: '130px', cell: (row) => <Moment short at={row.firstSeen} /> },
    { key: 'last', header: t('search.lastSeen'), width: '130px', cell: (row) => <Moment short at={row.lastSeen} /> },
  ]
}

function CountBar({ count, share }: { count: number; share: number }) {
  return (
    <span className="count-bar">
      <span style={{ width: `${100 * share}%` }} />
      {count.toLocaleString()}
    </span>
  )
}

function StackValue({ field, value }: { field: string; value: unknown }) {
  const { t } = useTranslation()
  const textOf = useFieldText()
  const text = valueText(value)
  if (text === '') return <span className="dim">{t('search.absent')}</span>
  return (
    <span className="path-value" title={text}>
      <ObjectValue className="mono" object={{ type: typeOfField(field), field, value: text }}><PathText text={textOf(field, value)} /></ObjectValue>
    </span>
  )
}
