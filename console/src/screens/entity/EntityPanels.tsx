import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityPage, Neighbour } from '../../api/entityShapes'
import { AddressMark } from '../../components/AddressMark'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { Panel } from '../../components/Panel'
import { Rarity } from '../../components/Rarity'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Status } from '../../components/Status'
import { useText } from '../../i18n'
import { objectOfEntity, objectOfFact } from './entityView'

/** What the records say of the entity itself. */
export function Facts({ facts }: { facts: EntityPage['facts'] }) {
  const { t } = useTranslation()
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
  if (known.length === 0) return null
  return (
    <Panel title={t('entity.facts')}>
      <dl className="facts entity-facts">
        {known.map(([fact, value]) => (
          <Fragment key={fact}>
            <dt>{t(`entity.fact.${fact}`, fact)}</dt>
            <dd>{(Array.isArray(value) ? value : [value]).map((one) => <span key={String(one)} className="mono"><ObjectValue object={objectOfFact(fact, String(one))} /></span>)}</dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  )
}

/** The hosts that have it, those that had it last first. */
export function Endpoints({ endpoints }: { endpoints: EntityPage['endpoints'] }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('entity.endpoints', { count: endpoints.count })} plain>
      <div className="scroll-table">
        <table className="small-table">
          <tbody>
            {endpoints.items.map((one) => (
              <tr key={one.guid ?? one.name}>
                <td><ObjectValue object={{ type: 'host', field: 'endpointHostName', value: one.name, about: { guid: one.guid, name: one.name } }} /></td>
                <td className="num">{one.count.toLocaleString()}</td>
                <td className="num dim"><Moment short at={one.lastSeen} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

/** What was seen together with it, by kind, the rarest first. */
export function Neighbours({ neighbours }: { neighbours: Neighbour[] }) {
  const { t } = useTranslation()
  if (neighbours.length === 0) return null
  const rows = [...neighbours].sort((a, b) => a.kind.localeCompare(b.kind) || (b.rarity ?? 0) - (a.rarity ?? 0) || a.count - b.count)
  return (
    <Panel title={t('entity.neighbours')} plain>
      <div className="scroll-table">
        <table className="small-table">
          <tbody>{rows.map((one) => <NeighbourRow key={`${one.kind} ${one.value}`} one={one} />)}</tbody>
        </table>
      </div>
    </Panel>
  )
}

function NeighbourRow({ one }: { one: Neighbour }) {
  const { t } = useTranslation()
  return (
    <tr>
      <td className="nowrap dim">{t(`entityKind.${one.kind}`)}</td>
      <td className="mono">
        <ObjectValue object={objectOfEntity(one.kind, one.value)}><Link to="/entities/$kind" params={{ kind: one.kind }} search={{ value: one.value }}>{one.value}</Link></ObjectValue>
        {one.kind === 'address' && <> <AddressMark address={one.value} /></>}
      </td>
      <td className="num">{one.count.toLocaleString()}</td>
      <td><Rarity rarity={one.rarity} /></td>
    </tr>
  )
}

export function Alerts({ alerts }: { alerts: EntityPage['alerts'] }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <Panel title={t('column.alerts')} plain={alerts.length > 0}>
      {alerts.length === 0 ? <p className="dim" style={{ margin: 0 }}>{t('entity.noAlerts')}</p> : (
        <table className="small-table">
          <tbody>
            {alerts.map((one) => (
              <tr key={one.id}>
                <td style={{ width: 44 }}><ScoreRing score={one.score} size={28} /></td>
                <td><Link to="/workbench/alerts/$id" params={{ id: one.id }}>{text(one.name)}</Link> <span className="mono dim">{one.id}</span></td>
                <td><Severity level={one.severity} plain /></td>
                <td><Status status={one.status} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
