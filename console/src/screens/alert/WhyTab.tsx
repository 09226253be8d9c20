import { IconCircleCheck, IconFilter, IconShieldCog } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { AlertDetail, MatchedFilter } from '../../api/shapes'
import { Moment } from '../../components/Moment'
import { Severity } from '../../components/Severity'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'

/** Why there is an alert: model, its rules that were met, their filters, and the activities that met them. */
export function WhyTab({ alert, onEvent }: { alert: AlertDetail; onEvent: (uuid: string) => void }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <div className="why">
      <p className="row">
        <IconShieldCog size={17} aria-hidden />
        <Link to="/models/$id" params={{ id: alert.modelId }}><strong>{text(alert.model)}</strong></Link>
        <Severity level={alert.severity} />
      </p>
      <ul className="tree">
        {alert.rules.map((rule) => (
          <li key={rule.id}>
            <p className="row wrap">
              <IconCircleCheck size={16} className="why-met" aria-label={t('why.met')} />
              <strong>{text(rule.name)}</strong>
              <span className="dim">{t(`ruleType.${rule.type}`, rule.type)}</span>
            </p>
            <ul className="tree">
              {rule.filters.map((filter) => (
                <WhyFilter key={filter.id} filter={filter} onEvent={onEvent} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <p className="dim">{t('why.fingerprint')}: <span className="mono">{alert.fingerprint}</span></p>
    </div>
  )
}

const MOST = 12

function WhyFilter({ filter, onEvent }: { filter: MatchedFilter; onEvent: (uuid: string) => void }) {
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
      <ul className="tree">
        {filter.matchedEvents.slice(0, MOST).map((event) => (
          <li key={event.uuid}>
            <button type="button" className="plain link row" onClick={() => onEvent(event.uuid)}>
              <Moment at={event.eventDateTime} />
              <span className="mono">{event.uuid}</span>
            </button>
          </li>
        ))}
        {more > 0 && <li className="dim num">+{more}</li>}
      </ul>
    </li>
  )
}
