import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { listAlerts, type AlertListQuery } from '../../api/workbench'
import type { AlertRow } from '../../api/shapes'

const POLL_MS = 15_000

/**
 * The rows of the list, and how many wait unseen. Rows never move by themselves: a poll brings the newest page,
 * its values refresh rows that stand, and rows not yet shown are only counted until the person asks for them. Where no row
 * stands, none can move: the first ones are shown at once.
 */
export function useAlertList(query: AlertListQuery) {
  const cache = useQueryClient()
  const key = ['workbench', 'alerts', query]
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => listAlerts({ ...query, skipToken: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.skipToken ?? undefined,
    placeholderData: keepPreviousData,
  })
  const poll = useQuery({
    queryKey: ['workbench-poll', query],
    queryFn: ({ signal }) => listAlerts(query, signal),
    refetchInterval: POLL_MS,
    enabled: list.isSuccess,
  })
  const shown = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const rows = useMemo(() => refreshed(shown, poll.data?.items ?? [], list.dataUpdatedAt < poll.dataUpdatedAt), [shown, poll.data, poll.dataUpdatedAt, list.dataUpdatedAt])
  const waiting = list.isSuccess && !list.isPlaceholderData ? countNew(shown, poll.data?.items ?? []) : 0
  const showNew = () => void cache.invalidateQueries({ queryKey: key })
  const isFirst = shown.length === 0 && waiting > 0
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the function is new at every render
  useEffect(() => { if (isFirst) showNew() }, [isFirst])
  return { ...list, rows, waiting: isFirst ? 0 : waiting, total: list.data?.pages[0]?.totalCount, showNew }
}

/** Rows that stand, with the newest values the poll brought, in the order they stand. */
export function refreshed(shown: AlertRow[], polled: AlertRow[], pollIsNewer: boolean): AlertRow[] {
  if (!pollIsNewer) return shown
  const newest = new Map(polled.map((row) => [row.id, row]))
  return shown.map((row) => newest.get(row.id) ?? row)
}

/** Polled rows that are newer than everything shown; rows that only moved up from a later page are not news. */
export function countNew(shown: AlertRow[], polled: AlertRow[]): number {
  const known = new Set(shown.map((row) => row.id))
  const newest = shown.reduce((latest, row) => (row.createdDateTime > latest ? row.createdDateTime : latest), '')
  return polled.filter((row) => !known.has(row.id) && row.createdDateTime >= newest).length
}
