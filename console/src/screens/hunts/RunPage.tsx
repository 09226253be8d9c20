import { Button, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { runQuery, useHuntChanges } from '../../api/hunts'
import type { HuntDetail, HuntPart } from '../../api/huntShapes'
import { useMay } from '../../api/session'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { Empty, Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { Indicators } from './Indicators'
import { RunState } from './Runs'
import { percentDone } from './view'
import '../models/models.css'
import './hunts.css'

/** One hunt: what was looked for, and what each part of it found. */
export function RunPage() {
  const { id } = useParams({ from: '/frame/hunts/runs/$id' })
  const text = useText()
  const found = useQuery(runQuery(id))
  usePageTitle(text(found.data?.title) || id)
  if (found.isPending) return <div className="page"><Loading lines={8} /></div>
  if (found.isError) return <div className="page"><Failed error={found.error} onRetry={() => void found.refetch()} /></div>
  return <Body run={found.data} />
}

function Body({ run }: { run: HuntDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const may = useMay('investigate')
  const { cancel } = useHuntChanges()
  const hits = run.parts.filter((part) => part.count > 0).length
  return (
    <div className="page">
      <div className="page-head">
        <div className="grow">
          <Link to="/hunts" search={{ tab: 'runs' }} className="dim">{t('nav.hunts')}</Link>
          <h1 className="row">{text(run.title)} <RunState run={run} /></h1>
          <span className="dim num">{t(`hunts.kind.${run.kind}`)} · {run.who} · <Moment at={run.at} /> · <Moment short at={run.from} /> – <Moment short at={run.to} /></span>
        </div>
        {run.state === 'running' && may && <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(run.id)}>{t('action.cancel')}</Button>}
      </div>
      {run.state === 'running' && <Progress value={percentDone(run)} animated aria-label={t('hunts.runState.running')} />}
      {run.error && <p role="alert" className="bad">{run.error}</p>}
      <section className="panel" aria-label={t('hunts.parts')}>
        <div className="panel-head"><h2 className="grow">{t('hunts.parts')}</h2><span className="num dim">{t('hunts.hitsOf', { hits, count: run.parts.length })}</span></div>
        <Parts parts={run.parts} isRunning={run.state === 'running'} />
      </section>
      {run.indicators.length > 0 && (
        <section className="panel" aria-label={t('hunts.indicators')}>
          <div className="panel-head"><h2>{t('hunts.indicators')} <span className="num">{run.indicators.length}</span></h2></div>
          <Indicators items={run.indicators} swept />
        </section>
      )}
    </div>
  )
}

/** What was found first, the most of it first. */
function Parts({ parts, isRunning }: { parts: HuntPart[]; isRunning: boolean }) {
  const { t } = useTranslation()
  const text = useText()
  if (parts.length === 0) return isRunning ? <Loading lines={4} /> : <Empty title={t('hunts.noParts')}><p>{t('hunts.noPartsHelp')}</p></Empty>
  const rows = [...parts].sort((a, b) => b.count - a.count)
  const columns: Column<HuntPart>[] = [
    { key: 'kind', header: t('hunts.what'), width: '130px', cell: (part) => <span className="badge">{t(`hunts.part.${part.kind}`)}</span> },
    { key: 'name', header: t('column.name'), cell: (part) => (part.count > 0 ? <a href={part.link}>{text(part.name)}</a> : <span className="dim">{text(part.name)}</span>) },
    { key: 'count', header: t('search.count'), width: '110px', numeric: true, cell: (part) => <strong>{part.count.toLocaleString()}</strong> },
    { key: 'endpoints', header: t('search.endpoints'), width: '110px', numeric: true, cell: (part) => part.endpoints.toLocaleString() },
  ]
  return <DataTable label={t('hunts.parts')} rows={rows} columns={columns} rowKey={(part) => `${part.kind} ${part.link} ${text(part.name)}`} />
}
