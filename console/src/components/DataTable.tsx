import { Checkbox } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Fragment, useEffect, useMemo, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import './table.css'

export type Column<Row> = {
  key: string
  header: ReactNode
  cell: (row: Row) => ReactNode
  /** A CSS width; the table is fixed, so at least one column should be without. */
  width?: string
  numeric?: boolean
  /** The name the list is ordered by; without it the head is no button. */
  order?: string
}

export type Order = { by: string; direction: 'asc' | 'desc' }

type Props<Row> = {
  label: string
  rows: Row[]
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  cursor?: string | null | undefined
  onChoose?: (row: Row) => void
  onOpen?: (row: Row) => void
  marked?: ReadonlySet<string>
  onMark?: (keys: ReadonlySet<string>) => void
  order?: Order
  onOrder?: (order: Order) => void
  rowHeight?: number
  /** What stands under the last row: more to load, or nothing. */
  foot?: ReactNode
  /** The head under which a row stands; a new head begins where it changes. Rows must come grouped. */
  groupOf?: ((row: Row) => string) | undefined
  /** Rows grow with their content; they are then not drawn virtually. */
  free?: boolean
}

/** Rows the page draws although it could draw fewer: below this, virtual drawing costs more than it saves. */
const VIRTUAL_FROM = 120

/** A dense table: sorted by its heads, chosen by click, opened by double click, marked by check boxes. */
export function DataTable<Row>(props: Props<Row>) {
  const { rows, columns, rowHeight = 38 } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = !props.free && rows.length > VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: virtual,
  })
  useCursorInView(scroller, props.cursor, rows, props.rowKey, virtual ? virtualizer.scrollToIndex : undefined)
  const items = virtual ? virtualizer.getVirtualItems() : null
  const before = items?.[0]?.start ?? 0
  const after = items ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0
  const span = columns.length + (props.onMark ? 1 : 0)
  const groupCounts = useGroupCounts(rows, props.groupOf)
  const shown = items ? items.map((item) => rows[item.index] as Row) : rows
  return (
    <div className="table-scroller" ref={scroller}>
      <table className="table" aria-label={props.label} aria-rowcount={rows.length}>
        <Head {...props} />
        <tbody>
          {before > 0 && <tr aria-hidden="true"><td colSpan={span} style={{ height: before, padding: 0, border: 0 }} /></tr>}
          {shown.map((row, index) => (
            <Fragment key={props.rowKey(row)}>
              <GroupHead now={props.groupOf?.(row)} before={index > 0 ? props.groupOf?.(shown[index - 1] as Row) : undefined} span={span} count={groupCounts.get(props.groupOf?.(row) ?? '') ?? 0} />
              <BodyRow row={row} table={props} />
            </Fragment>
          ))}
          {after > 0 && <tr aria-hidden="true"><td colSpan={span} style={{ height: after, padding: 0, border: 0 }} /></tr>}
        </tbody>
      </table>
      {props.foot}
    </div>
  )
}

function useGroupCounts<Row>(rows: Row[], groupOf: ((row: Row) => string) | undefined): Map<string, number> {
  return useMemo(() => {
    const counts = new Map<string, number>()
    for (const row of groupOf ? rows : []) counts.set(groupOf?.(row) ?? '', (counts.get(groupOf?.(row) ?? '') ?? 0) + 1)
    return counts
  }, [rows, groupOf])
}

/** The head of a group, where one begins. */
function GroupHead({ now, before, span, count }: { now: string | undefined; before: string | undefined; span: number; count: number }) {
  if (now === undefined || now === before) return null
  return (
    <tr className="group">
      <th colSpan={span} scope="rowgroup">
        {now || '–'} <span className="dim num">{count}</span>
      </th>
    </tr>
  )
}

function useCursorInView<Row>(
  scroller: React.RefObject<HTMLDivElement | null>,
  cursor: string | null | undefined,
  rows: Row[],
  rowKey: (row: Row) => string,
  scrollToIndex?: (index: number) => void,
) {
  useEffect(() => {
    if (!cursor) return
    const index = rows.findIndex((row) => rowKey(row) === cursor)
    if (index === -1) return
    if (scrollToIndex) scrollToIndex(index)
    else scroller.current?.querySelector(`tr[data-key="${CSS.escape(cursor)}"]`)?.scrollIntoView?.({ block: 'nearest' })
    // Only a moved cursor scrolls; arriving rows must not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor])
}

function Head<Row>({ columns, rows, rowKey, marked, onMark, order, onOrder }: Props<Row>) {
  const { t } = useTranslation()
  const all = rows.length > 0 && marked !== undefined && rows.every((row) => marked.has(rowKey(row)))
  const some = marked !== undefined && marked.size > 0 && !all
  return (
    <thead>
      <tr>
        {onMark && (
          <th style={{ width: 34 }}>
            <Checkbox
              aria-label={t('table.markAll')}
              checked={all}
              indeterminate={some}
              onChange={() => onMark(all ? new Set() : new Set(rows.map(rowKey)))}
            />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.key} column={column} {...(order ? { order } : {})} {...(onOrder ? { onOrder } : {})} />
        ))}
      </tr>
    </thead>
  )
}

function HeadCell<Row>({ column, order, onOrder }: { column: Column<Row>; order?: Order; onOrder?: (order: Order) => void }) {
  const active = column.order !== undefined && order?.by === column.order
  const sort = active ? (order?.direction === 'asc' ? 'ascending' : 'descending') : undefined
  const style = column.width ? { width: column.width } : undefined
  if (!column.order || !onOrder) return <th style={style} className={column.numeric ? 'num' : undefined}>{column.header}</th>
  const by = column.order
  const Arrow = order?.direction === 'asc' ? IconArrowUp : IconArrowDown
  return (
    <th style={style} aria-sort={sort} className={column.numeric ? 'num' : undefined}>
      <button
        type="button"
        className="plain table-sort"
        onClick={() => onOrder({ by, direction: active && order?.direction === 'desc' ? 'asc' : 'desc' })}
      >
        {column.header}
        {active && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  )
}

function BodyRow<Row>({ row, table }: { row: Row; table: Props<Row> }) {
  const { t } = useTranslation()
  const key = table.rowKey(row)
  const isMarked = table.marked?.has(key) ?? false
  const mark = () => {
    const next = new Set(table.marked)
    if (!next.delete(key)) next.add(key)
    table.onMark?.(next)
  }
  return (
    <tr
      data-key={key}
      className={`${table.cursor === key ? 'cursor' : ''}${isMarked ? ' marked' : ''}${table.onChoose ? ' choosable' : ''}`}
      aria-selected={table.cursor === key}
      onClick={(event) => {
        if (isControl(event.target, event.currentTarget)) return
        table.onChoose?.(row)
      }}
      onDoubleClick={() => table.onOpen?.(row)}
    >
      {table.onMark && (
        <td>
          <Checkbox aria-label={t('table.mark', { key })} checked={isMarked} onChange={mark} />
        </td>
      )}
      {table.columns.map((column) => (
        <td key={column.key} className={column.numeric ? 'num' : undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** A click on a link, button or input inside the row is not a click on the row, nor is one in a dialog that the row opened. */
function isControl(target: EventTarget, row: HTMLElement): boolean {
  if (!(target instanceof Element)) return false
  if (!row.contains(target)) return true
  const control = target.closest('a, button, input, label')
  return control !== null && row.contains(control)
}
