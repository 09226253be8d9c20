import { Popover } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertDetail } from '../../api/shapes'
import { AlertControls } from '../../components/AlertControls'
import { ImpactScope } from '../../components/ImpactScope'
import { Moment, useSpan } from '../../components/Moment'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Status, wordKey } from '../../components/Status'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'
import { AlertRespond } from './RespondTab'

export function AlertHead({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const span = useSpan()
  const latency = (Date.parse(alert.createdDateTime) - Date.parse(alert.firstEventDateTime)) / 1000
  return (
    <header className="panel alert-head">
      <Score alert={alert} />
      <div className="grow">
        <div className="row wrap">
          <Link to="/workbench" className="dim">{t('nav.workbench')}</Link>
          <span className="dim">/</span>
          <span className="mono">{alert.id}</span>
          <Phase alert={alert} />
        </div>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <div className="grow">
            <h1>
              <Link to="/models/$id" params={{ id: alert.modelId }}>{text(alert.model)}</Link>
            </h1>
            <p>{text(alert.description)}</p>
          </div>
          <span className="row tight no-print">
            <AlertRespond alert={alert} />
            <AlertControls alert={alert} />
          </span>
        </div>
        <dl className="alert-facts">
          <Fact name={t('column.severity')}><Severity level={alert.severity} /></Fact>
          <Fact name={t('column.status')}><Status status={alert.status} /></Fact>
          <Fact name={t('alert.finding')}>{t(`finding.${wordKey(alert.investigationResult)}`)}</Fact>
          <Fact name={t('column.owner')}>{alert.owner ?? '–'}</Fact>
          <Fact name={t('column.impactScope')}><ImpactScope scope={alert.impactScope} /></Fact>
          <Fact name={t('column.firstEvent')}><Moment at={alert.firstEventDateTime} /></Fact>
          <Fact name={t('column.created')}>
            <Moment at={alert.createdDateTime} />
            {latency >= 0 && latency < 86_400 && <span className="dim num"> (+{span(latency)})</span>}
          </Fact>
          <Fact name={t('column.techniques')}><Techniques techniques={alert.techniques} most={5} /></Fact>
        </dl>
      </div>
    </header>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The score, and on a click how it is made up. */
function Score({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { base, scope } = alert.scoreParts
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md">
      <Popover.Target>
        <button type="button" className="plain" aria-label={t('score.explain', { score: alert.score })} title={t('score.explain', { score: alert.score })} onClick={() => setOpen(!open)}>
          <ScoreRing score={alert.score} level={alert.severity} size={64} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <table className="score-parts num">
          <tbody>
            <tr><th>{t('score.base')} (<Severity level={alert.severity} plain />)</th><td>{base}</td></tr>
            <tr><th>{t('score.scope')}</th><td>+{scope}</td></tr>
            <tr><th>{t('column.score')}</th><td>{alert.score}</td></tr>
          </tbody>
        </table>
      </Popover.Dropdown>
    </Popover>
  )
}

const PHASES = ['detect', 'investigate', 'respond'] as const

/** Which phase of the work the alert is in: detected, under investigation, or answered. */
function Phase({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const now = alert.status === 'Open' ? 0 : alert.status === 'In Progress' ? 1 : 2
  return (
    <ol className="bare alert-phases" aria-label={t('alert.phase')}>
      {PHASES.map((phase, index) => (
        <li key={phase} data-now={index === now} data-done={index < now} aria-current={index === now ? 'step' : undefined}>
          {t(`phase.${phase}`)}
        </li>
      ))}
    </ol>
  )
}
