import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { runsQuery } from '../../api/hunts'
import type { HuntRun } from '../../api/huntShapes'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { Empty, Failed, Loading } from '../../components/States'
import { useText } from '../../i18n'
import { percentDone } from './view'

/** Who hunted for what, when, and over which time. */
export function Runs() {
  const { t } = useTranslation()
  const text = useText()
  const navigate = useNavigate()
  const found = useQuery({ ...runsQuery, refetchInterval: (query) => (query.state.data?.items.some((run) => run.state === 'running') ? 3_000 : false) })
  if (found.isPending) return <Loading lines={6} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  if (found.data.items.length === 0) return <Empty title={t('hunts.noRuns')}><p>{t('hunts.noRunsHelp')}</p></Empty>
  const columns: Column<HuntRun>[] = [
    { key: 'title', header: t('hunts.hunted'), cell: (run) => <Link to="/hunts/runs/$id" params={{ id: run.id }}><strong>{text(run.title)}</strong></Link> },
    { key: 'kind', header: t('hunts.from'), width: '150px', cell: (run) => t(`hunts.kind.${run.kind}`) },
    { key: 'state', header: t('column.state'), width: '130px', cell: (run) => <RunState run={run} /> },
    { key: 'span', header: t('range.label'), width: '250px', cell: (run) => <span className="num"><Moment short at={run.from} /> – <Moment short at={run.to} /></span> },
    { key: 'who', header: t('hunts.who'), width: '110px', cell: (run) => run.who },
    { key: 'at', header: t('hunts.at'), width: '130px', cell: (run) => <Moment short at={run.at} /> },
  ]
  return <DataTable label={t('hunts.tab.runs')} rows={found.data.items} columns={columns} rowKey={(run) => run.id} onOpen={(run) => void navigate({ to: '/hunts/runs/$id', params: { id: run.id } })} />
}

export function RunState({ run }: { run: HuntRun }) {
  const { t } = useTranslation()
  const colour = { running: 'badge-warn', done: 'badge-ok', failed: 'badge-bad', cancelled: '' }[run.state]
  return <span className={`badge ${colour}`}>{t(`hunts.runState.${run.state}`)}{run.state === 'running' && ` ${percentDone(run)} %`}</span>
}
