import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay, useSession } from '../../api/session'
import type { AlertChanges, AlertRow } from '../../api/shapes'
import { useChangeAlerts } from '../../api/workbench'
import { CloseMenu } from '../../components/Closing'
import { DataTable } from '../../components/DataTable'
import { useNotice } from '../../components/Notices'
import { Failed, Loading, useErrorText } from '../../components/States'
import { stepKey, useKeys } from '../../frame/keys'
import { AlertFlyout } from './AlertFlyout'
import { useAlertColumns } from './alertColumns'
import { useAlertList } from './alertList'
import { useText } from '../../i18n'
import { FilterBar } from './FilterBar'
import { grouped, groupOf } from './grouping'
import { NoAlerts } from './NoAlerts'
import { alertQueryOf, type View } from './view'
import type { ChangeView } from './Workbench'

export function AlertsTab({ view, change }: { view: View; change: ChangeView }) {
  const found = useAlertList(useMemo(() => alertQueryOf(view), [view]))
  const list = { ...found, rows: useMemo(() => grouped(found.rows, view.group), [found.rows, view.group]) }
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const bulk = useBulk(list.rows, marked, () => setMarked(new Set()))
  const [closing, setClosing] = useState(false)
  useListKeys(view, change, list.rows, marked, setMarked, bulk, () => setClosing(true))
  return (
    <>
      <FilterBar view={view} change={change} />
      <div className="split">
        <section className="panel">
          {bulk.may && (marked.size > 0 || closing) && (
            <MarkBar count={marked.size} bulk={bulk} closing={closing} onClosing={setClosing} onClear={() => setMarked(new Set())} />
          )}
          <Rows view={view} change={change} list={list} marked={marked} onMark={bulk.may ? setMarked : undefined} />
        </section>
        {view.flyout && <AlertFlyout key={view.cursor} id={view.cursor} onClose={() => change({ flyout: false })} />}
      </div>
    </>
  )
}

type RowsProps = {
  view: View
  change: ChangeView
  list: ReturnType<typeof useAlertList>
  marked: ReadonlySet<string>
  onMark: ((keys: ReadonlySet<string>) => void) | undefined
}

function Rows({ view, change, list, marked, onMark }: RowsProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useAlertColumns(view.flyout)
  const text = useText()
  const groupName = useMemo(() => (view.group === 'none' ? undefined : (row: AlertRow) => text(groupOf(row, view.group))), [view.group, text])
  if (list.isPending) return <Loading lines={12} />
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />
  if (list.rows.length === 0) return <NoAlerts view={view} change={change} />
  return (
    <>
      {list.waiting > 0 && (
        <button type="button" className="strip-new" onClick={list.showNew}>
          <IconRefresh size={14} aria-hidden />
          {t('workbench.new', { count: list.waiting })}
        </button>
      )}
      <DataTable
        label={t('workbench.tab.alerts')}
        rows={list.rows}
        columns={columns}
        rowKey={(row) => row.id}
        groupOf={groupName}
        cursor={view.cursor}
        onChoose={(row) => change({ cursor: row.id, flyout: true })}
        onOpen={(row) => void navigate({ to: '/workbench/alerts/$id', params: { id: row.id } })}
        marked={marked}
        {...(onMark ? { onMark } : {})}
        order={view.order}
        onOrder={(order) => change({ order })}
        foot={<Foot list={list} />}
      />
    </>
  )
}

function Foot({ list }: { list: RowsProps['list'] }) {
  const { t } = useTranslation()
  return (
    <div className="table-foot">
      <span>{t('table.shown', { shown: list.rows.length, total: list.total ?? list.rows.length })}</span>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('table.more')}
        </Button>
      )}
    </div>
  )
}

type Bulk = ReturnType<typeof useBulk>

/** Changes every marked alert, or the one under the cursor, and tells how it went. */
function useBulk(rows: AlertRow[], marked: ReadonlySet<string>, onDone: () => void) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const may = useMay('investigate')
  const me = useSession()?.user.name ?? ''
  const mutation = useChangeAlerts()
  const apply = (changes: AlertChanges, ids: string[] = rows.map((row) => row.id).filter((id) => marked.has(id))) => {
    if (!may || ids.length === 0) return
    mutation.mutate(
      { ids, changes },
      {
        onSuccess: ({ results }) => {
          const bad = results.filter((result) => !result.ok)
          if (bad.length > 0) notice.warn(t('workbench.bulkPartly', { done: results.length - bad.length, failed: bad.map((one) => one.id).join(', ') }))
          else notice.tell(t('workbench.bulkDone', { count: results.length }))
          onDone()
        },
        onError: (error) => notice.warn(errorText(error)),
      },
    )
  }
  return { may, me, apply, busy: mutation.isPending }
}

type MarkBarProps = { count: number; bulk: Bulk; closing: boolean; onClosing: (opened: boolean) => void; onClear: () => void }

function MarkBar({ count, bulk, closing, onClosing, onClear }: MarkBarProps) {
  const { t } = useTranslation()
  return (
    <div className="mark-bar" role="toolbar" aria-label={t('workbench.bulk')}>
      <strong className="num">{t('workbench.marked', { count })}</strong>
      <Button variant="default" loading={bulk.busy} onClick={() => bulk.apply({ status: 'In Progress' })}>{t('workbench.start')}</Button>
      <Button variant="default" loading={bulk.busy} onClick={() => bulk.apply({ status: 'Open' })}>{t('workbench.reopen')}</Button>
      <Button variant="default" loading={bulk.busy} onClick={() => bulk.apply({ owner: bulk.me })}>{t('workbench.assignMe')}</Button>
      <CloseMenu compact label={t('close.label')} busy={bulk.busy} opened={closing} onOpened={onClosing} onClose={(changes) => bulk.apply(changes)} />
      <span className="grow" />
      <Button variant="subtle" color="gray" onClick={onClear}>{t('table.unmark')}</Button>
    </div>
  )
}

function useListKeys(
  view: View,
  change: ChangeView,
  rows: AlertRow[],
  marked: ReadonlySet<string>,
  setMarked: (keys: ReadonlySet<string>) => void,
  bulk: Bulk,
  openClosing: () => void,
) {
  const navigate = useNavigate()
  const keys = rows.map((row) => row.id)
  const step = (by: 1 | -1) => change({ cursor: stepKey(keys, view.cursor, by) ?? '' })
  const targets = marked.size > 0 ? [...marked] : view.cursor ? [view.cursor] : []
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, button')) return event.target.click()
      if (view.cursor) void navigate({ to: '/workbench/alerts/$id', params: { id: view.cursor } })
    },
    ' ': () => view.cursor && change({ flyout: !view.flyout }),
    Escape: () => (view.flyout ? change({ flyout: false }) : setMarked(new Set())),
    x: () => {
      if (!view.cursor || !bulk.may) return
      const next = new Set(marked)
      if (!next.delete(view.cursor)) next.add(view.cursor)
      setMarked(next)
    },
    e: () => {
      if (targets.length === 0 || !bulk.may) return
      setMarked(new Set(targets))
      // The bar must stand before its menu can open.
      requestAnimationFrame(openClosing)
    },
    a: () => bulk.apply({ owner: bulk.me }, targets),
  })
}
