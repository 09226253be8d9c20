import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listTasks, LOOK_AGAIN_MS, useTaskChanges } from '../../api/response'
import type { Task } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable } from '../../components/DataTable'
import { useNotice } from '../../components/Notices'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useRefusal } from '../../components/refusal'
import { useTaskColumns } from './columns'
import { ResponseFilters } from './ResponseFilters'
import { ResponseTabs } from './ResponseTabs'
import { TaskFlyout } from './TaskFlyout'
import { grouped, groupKey, groupState, isUnderWay, readView, taskQueryOf, type View } from './view'

/** Every response task: what, on what, how far, by whom, and what came of it. */
export function Response() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const list = useTaskList(view)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const may = useMay('respond')
  const rows = useMemo(() => grouped(list.rows, view.group), [list.rows, view.group])
  usePageTitle(t('nav.response'))
  useListKeys(rows, view, setAddress)
  return (
    <div className="page fixed">
      <ResponseFilters view={view} />
      <ResponseTabs />
      <div className="split">
        <section className="panel">
          {may && marked.size > 0 && <CancelBar rows={rows.filter((row) => marked.has(row.id))} onDone={() => setMarked(new Set())} />}
          {list.isPending && <Loading lines={12} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <NoTasks narrowed={Object.keys(address).length > 0} onClear={() => setAddress({ state: undefined, action: undefined, search: undefined, endpoint: undefined, alert: undefined, range: 'all' }, true)} />}
          {rows.length > 0 && <Rows rows={rows} view={view} list={list} marked={marked} {...(may ? { onMark: setMarked } : {})} />}
        </section>
        {view.cursor && <TaskFlyout key={view.cursor} id={view.cursor} onClose={() => setAddress({ cursor: undefined })} />}
      </div>
    </div>
  )
}

function useTaskList(view: View) {
  const [now] = useState(() => Date.now())
  const text = JSON.stringify(taskQueryOf(view, now))
  const query = useMemo(() => JSON.parse(text) as ReturnType<typeof taskQueryOf>, [text])
  const list = useInfiniteQuery({
    queryKey: ['response', 'tasks', query],
    queryFn: ({ pageParam, signal }) => listTasks({ ...query, orderBy: 'created desc', top: 100, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isUnderWay(state.data?.pages.flatMap((page) => page.items) ?? []) ? LOOK_AGAIN_MS : 15_000),
  })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, rows, total: list.data?.pages[0]?.totalCount ?? rows.length }
}

type RowsProps = { rows: Task[]; view: View; list: ReturnType<typeof useTaskList>; marked: ReadonlySet<string>; onMark?: (keys: ReadonlySet<string>) => void }

function Rows({ rows, view, list, marked, onMark }: RowsProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [, setAddress] = useAddress()
  const columns = useTaskColumns(view.cursor !== '')
  const nameOf = (row: Task) => {
    const key = groupKey(row, view.group)
    const state = groupState(rows, view.group, key)
    return `${key || t('response.alone')} · ${state ? t(`taskState.${state}`) : ''} ·`
  }
  return (
    <DataTable
      label={t('nav.response')}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.id}
      rowHeight={48}
      cursor={view.cursor}
      onChoose={(row) => setAddress({ cursor: row.id })}
      onOpen={(row) => void navigate({ to: '/response/tasks/$id', params: { id: row.id } })}
      marked={marked}
      {...(onMark ? { onMark } : {})}
      groupOf={view.group === 'none' ? undefined : nameOf}
      foot={
        <div className="table-foot">
          <span>{t('table.shown', { shown: rows.length, total: list.total })}</span>
          {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('table.more')}</Button>}
        </div>
      }
    />
  )
}

function NoTasks({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <Empty title={t(narrowed ? 'response.emptyNarrow' : 'response.empty')}>
      <p>{t('response.emptyHelp')}</p>
      {narrowed && <Button variant="default" onClick={onClear}>{t('response.all')}</Button>}
    </Empty>
  )
}

/** Cancels what can still be cancelled among the marked; the others are named. */
function CancelBar({ rows, onDone }: { rows: Task[]; onDone: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const { cancel } = useTaskChanges()
  const [asking, setAsking] = useState(false)
  const can = rows.filter((row) => row.canCancel)
  const run = async () => {
    const results = await Promise.allSettled(can.map((row) => cancel.mutateAsync(row.id)))
    const bad = results.flatMap((result, index) => (result.status === 'rejected' ? [`${can[index]?.id}: ${refusal(result.reason)}`] : []))
    if (bad.length > 0) notice.warn(bad.join('; '))
    if (bad.length < can.length) notice.tell(t('response.cancelled', { count: can.length - bad.length }))
    setAsking(false)
    onDone()
  }
  return (
    <div className="mark-bar" role="toolbar" aria-label={t('response.bulk')}>
      <strong className="num">{t('workbench.marked', { count: rows.length })}</strong>
      <Button variant="default" disabled={can.length === 0} loading={cancel.isPending} onClick={() => setAsking(true)}>{t('response.cancelTasks', { count: can.length })}</Button>
      {can.length < rows.length && <span className="dim">{t('response.cannotCancel', { count: rows.length - can.length })}</span>}
      <span className="grow" />
      <Button variant="subtle" color="gray" onClick={onDone}>{t('table.unmark')}</Button>
      <Confirm
        opened={asking}
        title={t('response.cancelTitle', { count: can.length })}
        message={t('response.cancelMessage')}
        target={<ul className="bare">{can.slice(0, 8).map((row) => <li key={row.id}><span className="mono">{row.id}</span> {row.target.name || row.target.id}</li>)}</ul>}
        confirm={t('response.cancelTasks', { count: can.length })}
        busy={cancel.isPending}
        onConfirm={() => void run()}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}

function useListKeys(rows: Task[], view: View, setAddress: ReturnType<typeof useAddress>[1]) {
  const navigate = useNavigate()
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), view.cursor, by) })
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, button')) return event.target.click()
      if (view.cursor) void navigate({ to: '/response/tasks/$id', params: { id: view.cursor } })
    },
    Escape: () => setAddress({ cursor: undefined }),
  })
}
