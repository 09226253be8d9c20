import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { listIncidents } from '../../api/incidents'
import type { IncidentRow } from '../../api/shapes'
import { DataTable, type Column } from '../../components/DataTable'
import { ImpactScope } from '../../components/ImpactScope'
import { Moment } from '../../components/Moment'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { STATUSES, Status } from '../../components/Status'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { FilterBar } from './FilterBar'
import type { View } from './view'
import type { ChangeView } from './Workbench'

export function IncidentsTab({ view, change }: { view: View; change: ChangeView }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useIncidentColumns()
  const query = {
    status: view.statuses.length === STATUSES.length ? '' : view.statuses.join(','),
    search: view.search,
    orderBy: `${view.order.by} ${view.order.direction}`,
    top: 200,
  }
  const list = useQuery({ queryKey: ['incidents', 'list', query], queryFn: ({ signal }) => listIncidents(query, signal) })
  const rows = list.data?.items ?? []
  const open = (id: string) => void navigate({ to: '/workbench/incidents/$id', params: { id } })
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map((row) => row.id), view.cursor, by) ?? '' })
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, button')) return event.target.click()
      if (view.cursor) open(view.cursor)
    },
  })
  return (
    <>
      <FilterBar view={view} change={change} />
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={10} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && (
            <Empty title={t('incident.empty')}>
              <p>{t('incident.emptyHelp')}</p>
            </Empty>
          )}
          {rows.length > 0 && (
            <DataTable
              label={t('workbench.tab.incidents')}
              rows={rows}
              columns={columns}
              rowKey={(row) => row.id}
              cursor={view.cursor}
              onChoose={(row) => change({ cursor: row.id })}
              onOpen={(row) => open(row.id)}
              order={view.order}
              onOrder={(order) => change({ order })}
            />
          )}
        </section>
      </div>
    </>
  )
}

function useIncidentColumns(): Column<IncidentRow>[] {
  const { t } = useTranslation()
  const text = useText()
  return useMemo(
    () => [
      { key: 'status', header: t('column.status'), width: '108px', cell: (row) => <Status status={row.status} /> },
      { key: 'score', header: t('column.score'), width: '76px', order: 'score', cell: (row) => <ScoreRing score={row.score} level={row.severity} /> },
      { key: 'id', header: t('column.incidentId'), width: '150px', cell: (row) => <Link className="mono nowrap" to="/workbench/incidents/$id" params={{ id: row.id }}>{row.id}</Link> },
      { key: 'name', header: t('column.name'), cell: (row) => <span className="cell-model" title={text(row.name)}>{text(row.name)}</span> },
      { key: 'severity', header: t('column.severity'), width: '92px', cell: (row) => <Severity level={row.severity} plain /> },
      { key: 'alerts', header: t('column.alerts'), width: '100px', order: 'alertCount', cell: (row) => <span className="num">{t('incident.alertCount', { active: row.activeAlertCount, all: row.alertCount })}</span> },
      { key: 'scope', header: t('column.impactScope'), width: '116px', cell: (row) => <ImpactScope scope={row.impactScope} /> },
      {
        key: 'updated',
        header: t('column.updated'),
        width: '150px',
        order: 'updatedDateTime',
        cell: (row) => (
          <span>
            <Moment short at={row.updatedDateTime} />
            <span className="dim clip" title={text(row.updateText)} style={{ display: 'block', fontSize: 12 }}>{text(row.updateText)}</span>
          </span>
        ),
      },
      { key: 'created', header: t('column.created'), width: '116px', order: 'createdDateTime', cell: (row) => <Moment short at={row.createdDateTime} /> },
      { key: 'owner', header: t('column.owner'), width: '84px', cell: (row) => row.owner ?? <span className="dim">–</span> },
    ],
    [t, text],
  )
}
