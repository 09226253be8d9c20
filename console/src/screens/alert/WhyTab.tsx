import { IconChevronDown, IconChevronRight, IconFilter, IconShieldCog } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { alertExplanationQuery, type AlertExplanation, type Explanation, type RuleVerdict } from '../../api/explain'
import type { AlertDetail, MatchedFilter } from '../../api/shapes'
import { ExplanationView } from '../../components/explain/ExplanationView'
import { RuleView } from '../../components/explain/RuleView'
import { WhyOne } from '../../components/explain/WhyHere'
import { Moment } from '../../components/Moment'
import { Severity } from '../../components/Severity'
import { Failed, Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'

/** Why there is an alert: model, its rules with their numbers, their filters, and each predicate of what met them. */
export function WhyTab({ alert, onEvent }: { alert: AlertDetail; onEvent: (uuid: string) => void }) {
  const { t } = useTranslation()
  const text = useText()
  const told = useQuery(alertExplanationQuery(alert.id))
  if (told.isPending) return <Loading lines={8} />
  if (told.isError) return <Failed error={told.error} onRetry={() => void told.refetch()} />
  const { model, rules, explanations } = told.data
  return (
    <div className="why">
      <p className="row">
        <IconShieldCog size={17} aria-hidden />
        <Link to="/models/$id" params={{ id: model.id }}><strong>{text(model.name)}</strong></Link>
        <Severity level={model.severity} />
      </p>
      {model.suppression && <p>{text(model.suppression)} <span className="dim">{t('why.events', { count: model.eventCount })}</span></p>}
      {alert.rules.map((rule) => (
        <section key={rule.id} aria-label={text(rule.name)}>
          <RuleView rule={verdictOf(rules, rule)} />
          <ul className="tree">
            {rule.filters.map((filter, index) => (
              <WhyFilter key={filter.id} filter={filter} first={firstOf(explanations, filter)} open={index === 0} onEvent={onEvent} />
            ))}
          </ul>
        </section>
      ))}
      {!!alert.suppressedCount && <p>{t('why.suppressed', { count: alert.suppressedCount })}</p>}
      <p className="dim">{t('why.fingerprint')}: <span className="mono">{alert.fingerprint}</span></p>
    </div>
  )
}

function verdictOf(rules: AlertExplanation['rules'], rule: AlertDetail['rules'][number]): RuleVerdict {
  return rules.find((one) => one.id === rule.id) ?? { id: rule.id, name: rule.name, type: rule.type, gone: true }
}

function firstOf(explanations: Explanation[], filter: MatchedFilter): Explanation | undefined {
  return explanations.find((one) => one.filter === filter.id && filter.matchedEvents.some((event) => event.uuid === one.uuid))
}

const MOST = 12

type FilterProps = { filter: MatchedFilter; first: Explanation | undefined; open: boolean; onEvent: (uuid: string) => void }

function WhyFilter({ filter, first, open, onEvent }: FilterProps) {
  const { t } = useTranslation()
  const text = useText()
  const more = filter.matchedEvents.length - MOST
  return (
    <li>
      <p className="row wrap">
        <IconFilter size={15} aria-hidden />
        <Link to="/filters/$id" params={{ id: filter.id }}>{text(filter.title)}</Link>
        <Severity level={filter.risk} plain />
        <span className="dim">{t(`filterClass.${filter.class}`, filter.class)}</span>
        <Techniques techniques={filter.techniques} />
      </p>
      <p className="dim">{text(filter.description)}</p>
      <ul className="bare">
        {filter.matchedEvents.slice(0, MOST).map((event, index) => (
          <WhyEvent key={event.uuid} filter={filter.id} event={event} told={first?.uuid === event.uuid ? first : undefined} first={open && index === 0} onEvent={onEvent} />
        ))}
        {more > 0 && <li className="dim">{t('why.moreEvents', { count: more })}</li>}
      </ul>
    </li>
  )
}

type EventProps = { filter: string; event: MatchedFilter['matchedEvents'][number]; told: Explanation | undefined; first: boolean; onEvent: (uuid: string) => void }

function WhyEvent({ filter, event, told, first, onEvent }: EventProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(first)
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <li>
      <div className="why-event">
        <button type="button" className="plain link row tight" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon size={14} aria-hidden />
          <Moment at={event.eventDateTime} />
          <span className="visually-hidden">{t('why.tree')}</span>
        </button>
        <button type="button" className="plain link mono" onClick={() => onEvent(event.uuid)}>{event.uuid}</button>
      </div>
      {open && (told ? <ExplanationView told={told} /> : <WhyOne filter={filter} uuid={event.uuid} timeMs={Date.parse(event.eventDateTime)} />)}
    </li>
  )
}
