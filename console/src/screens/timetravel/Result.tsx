import { Progress } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Group, Outcome, Pair, Reason, Travel } from '../../api/timeTravel'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { Severity } from '../../components/Severity'
import { Empty } from '../../components/States'
import { stepKey, useKeys } from '../../frame/keys'
import { useLanguage, useText } from '../../i18n'
import { PairFlyout } from './PairFlyout'
import { GROUPS, groupShown, rowsOf, type View } from './view'

type Props = { travel: Travel; view: View; change: (changes: Partial<View>) => void }

/** How far it is; then what it came to, in three groups. */
export function Result({ travel, view, change }: Props) {
  const { t } = useTranslation()
  const text = useText()
  const language = useLanguage()
  const n = (count: number) => count.toLocaleString(language)
  if (travel.state === 'running') {
    return (
      <section className="panel panel-body col" role="status" aria-label={t('travel.running')}>
        <Progress value={Math.max(2, travel.progress * 100)} aria-label={t('travel.running')} />
        <span className="num dim">{t('travel.read', { done: n(travel.read), total: n(travel.total) })}</span>
      </section>
    )
  }
  if (travel.state === 'failed') return <section className="panel"><div className="state" role="alert"><h3>{t('travel.failed')}</h3><p>{text(travel.error)}</p></div></section>
  if (travel.state === 'cancelled' || !travel.items || !travel.counts) return <section className="panel"><Empty title={t('travel.cancelled')}><p>{t('travel.cancelledHelp')}</p></Empty></section>
  return <Groups travel={travel as Travel & Outcome} view={view} change={change} />
}

function Groups({ travel, view, change }: { travel: Travel & Outcome; view: View; change: Props['change'] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const group = groupShown(view.group, travel.counts)
  const rows = rowsOf(travel.items, group)
  const cursor = rows.find((row) => row.fingerprint === view.cursor)
  return (
    <>
      <div className="travel-groups" role="tablist" aria-label={t('travel.groups')} data-testid="travel-groups">
        {GROUPS.map((one) => <GroupTab key={one} group={one} count={travel.counts[one]} chosen={one === group} onChoose={() => change({ group: one, cursor: '' })} />)}
        <span className="grow" />
        <span className="dim num travel-foot">
          {t('travel.done', { read: travel.read.toLocaleString(language), count: travel.models, seconds: travel.seconds.toFixed(1) })}
          {travel.unread > 0 && <> · {t('travel.unread', { count: travel.unread })}</>}
          {travel.partial && <> · {t('travel.partial')}</>}
        </span>
      </div>
      <div className="split" role="tabpanel" aria-label={t(`travelGroup.${group}`)}>
        <section className="panel">
          {rows.length === 0 ? <Empty title={t('travel.nothing')}><p>{t('travel.nothingHelp')}</p></Empty> : <Rows rows={rows} view={view} change={change} />}
          {rows.length > 0 && rows.length < travel.counts[group] && <p className="dim panel-body" style={{ margin: 0 }}>{t('travel.newest', { shown: rows.length, count: travel.counts[group] })}</p>}
        </section>
        {cursor && <PairFlyout pair={cursor} onClose={() => change({ cursor: '' })} />}
      </div>
    </>
  )
}

function GroupTab({ group, count, chosen, onChoose }: { group: Group; count: number; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" role="tab" className="travel-group" aria-selected={chosen} data-group={group} title={t(`travelGroup.${group}Help`)} onClick={onChoose}>
      <strong className="num">{count}</strong>
      <span>{t(`travelGroup.${group}`)}</span>
    </button>
  )
}

function Rows({ rows, view, change }: { rows: Pair[]; view: View; change: Props['change'] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useColumns(rows.some((row) => row.fingerprint === view.cursor))
  const open = (pair: Pair | undefined) => {
    if (pair?.alert) void navigate({ to: '/workbench/alerts/$id', params: { id: pair.alert.id } })
  }
  const step = (by: 1 | -1) => change({ cursor: stepKey(rows.map((row) => row.fingerprint), view.cursor, by) ?? '' })
  useKeys({ j: () => step(1), k: () => step(-1), Enter: () => open(rows.find((row) => row.fingerprint === view.cursor)), Escape: () => change({ cursor: '' }) })
  return <DataTable label={t('travel.alerts')} rows={rows} columns={columns} rowKey={(row) => row.fingerprint} rowHeight={46} cursor={view.cursor} onChoose={(row) => change({ cursor: row.fingerprint })} onOpen={open} />
}

/** Beside an open row there is room for what tells the rows apart; the rest stands in the row's own panel. */
function useColumns(narrow: boolean): Column<Pair>[] {
  const { t } = useTranslation()
  const text = useText()
  const columns: Column<Pair>[] = [
    { key: 'first', header: t('column.firstEvent'), width: '138px', cell: (row) => <Moment short at={row.firstEventDateTime} /> },
    { key: 'severity', header: t('column.severity'), width: '104px', cell: (row) => <Severity level={row.severity} plain /> },
    { key: 'model', header: t('column.model'), cell: (row) => <span className="two-lines">{text(row.model)}</span> },
    { key: 'entities', header: t('travel.entities'), width: '170px', cell: (row) => <span className="two-lines" title={row.entities.join(', ')}>{row.entities.join(', ')}</span> },
    { key: 'alert', header: t('travel.alert'), width: '190px', cell: (row) => <AlertLink pair={row} /> },
    { key: 'why', header: t('travel.why'), width: '34%', cell: (row) => <span className="two-lines">{row.reasons.map((reason) => text(reason.text)).join(' ')}</span> },
  ]
  return narrow ? columns.filter((column) => column.key !== 'alert' && column.key !== 'why') : columns
}

export function AlertLink({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  if (!pair.alert) return <span className="dim">{t('travel.notRaised')}</span>
  return <Link className="num" to="/workbench/alerts/$id" params={{ id: pair.alert.id }}>{pair.alert.id}</Link>
}

/** A reason with what it names: a filter, an alert, a person and a moment. */
export function ReasonLine({ reason }: { reason: Reason }) {
  const text = useText()
  return (
    <li data-code={reason.code}>
      {text(reason.text)}{' '}
      {reason.filterId && <Link to="/filters/$id" params={{ id: reason.filterId }}>{text(reason.filterTitle) || reason.filterId}</Link>}
      {reason.alertId && <Link className="num" to="/workbench/alerts/$id" params={{ id: reason.alertId }}>{reason.alertId}</Link>}
      {reason.exceptionId && <Link to="/exceptions" className="mono">{reason.exceptionId}</Link>}
      {reason.ruleId && <span className="mono">{reason.ruleId}</span>}
      {(reason.by || reason.at) && <span className="dim"> ({reason.by}{reason.by && reason.at ? ', ' : ''}{reason.at && <Moment at={reason.at} />})</span>}
    </li>
  )
}
