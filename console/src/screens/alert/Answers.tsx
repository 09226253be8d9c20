import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertDetail, Highlight } from '../../api/shapes'
import { valueText } from '../../components/FieldList'
import { ENTITY_ICONS, objectOf } from '../../components/ImpactScope'
import { useSpan } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Severity } from '../../components/Severity'
import { useText } from '../../i18n'

/** What everybody asks first: what caused it, how far does it reach, how bad is it. */
export function Answers({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  return (
    <div className="three">
      <Card title={t('answer.cause')}><Cause alert={alert} /></Card>
      <Card title={t('answer.extent')}><Extent alert={alert} /></Card>
      <Card title={t('answer.severity')}><HowBad alert={alert} /></Card>
    </div>
  )
}

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel card">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

const valueOf = (highlight: Highlight, field: string) => valueText(highlight.fields.find((one) => one.field === field)?.value)

/** The last part of a Windows or Unix path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** The earliest activity of the evidence: which filter, which process, started by which. */
function Cause({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const first = [...alert.highlights].sort((a, b) => a.eventDateTime.localeCompare(b.eventDateTime))[0]
  if (!first) return <p className="dim">{t('answer.noHighlight')}</p>
  const process = valueOf(first, 'processFilePath')
  const parent = valueOf(first, 'parentFilePath') || valueOf(first, 'parentCmd')
  return (
    <ObjectScope uuid={first.uuid}>
      <p><strong>{text(first.title)}</strong></p>
      {process && (
        <p>
          <span className="dim">{t('object.process')}</span> <ObjectValue object={{ type: 'process', field: 'processFilePath', value: process }}><span className="mono">{fileName(process)}</span></ObjectValue>
          {parent && <> <span className="dim">({t('answer.parent')}</span> <span className="mono" title={parent}>{fileName(parent.replaceAll('"', '').trim())}</span><span className="dim">)</span></>}
          <span className="dim"> · {first.endpointName}</span>
        </p>
      )}
    </ObjectScope>
  )
}

function Extent({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const span = useSpan()
  const seconds = (Date.parse(alert.lastEventDateTime) - Date.parse(alert.firstEventDateTime)) / 1000
  const others = (alert.incident?.alerts.length ?? 1) - 1
  const shown = alert.impactScope.entities.slice(0, 4)
  return (
    <>
      <p className="row wrap tight">
        {shown.map((entity) => {
          const Icon = ENTITY_ICONS[entity.type]
          return (
            <span key={`${entity.type}-${entity.id}`} className="entity">
              <Icon size={14} aria-label={t(`object.${objectOf(entity).type}`)} />
              <ObjectValue object={objectOf(entity)}>{entity.name}</ObjectValue>
            </span>
          )
        })}
        {alert.impactScope.entities.length > shown.length && <span className="dim num">+{alert.impactScope.entities.length - shown.length}</span>}
      </p>
      <p className="num">{t('answer.events', { count: alert.eventCount })}{seconds > 0 && ` · ${t('answer.within', { span: span(seconds) })}`}</p>
      {alert.earlier && (
        <p>
          {t('answer.earlier')} <Link className="mono" to="/workbench/alerts/$id" params={{ id: alert.earlier }}>{alert.earlier}</Link>
        </p>
      )}
      {alert.incident && (
        <p>
          <Link to="/workbench/incidents/$id" params={{ id: alert.incident.id }}>{text(alert.incident.name)}</Link>
          <span className="dim num"> · {t('answer.otherAlerts', { count: others })}</span>
        </p>
      )}
    </>
  )
}

function HowBad({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const classes = [...new Set(alert.rules.flatMap((rule) => rule.filters.map((filter) => filter.class)))]
  return (
    <>
      <p className="row wrap"><Severity level={alert.severity} /> <span className="num">{t('score.sum', { base: alert.scoreParts.base, scope: alert.scoreParts.scope, score: alert.score })}</span></p>
      <p>{t(`severityMeaning.${alert.severity}`)}</p>
      {classes.length > 0 && <p className="dim">{t('answer.basis')}: {classes.map((one) => t(`filterClass.${one}`, one)).join(', ')}</p>}
    </>
  )
}
