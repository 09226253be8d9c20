import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { endpointQuery } from '../../api/endpoints'
import { endpointTasksQuery } from '../../api/response'
import type { Endpoint } from '../../api/responseShapes'
import { listAlerts } from '../../api/workbench'
import { Moment } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Panel } from '../../components/Panel'
import { Connected, Isolation } from '../../components/response/Connected'
import { RespondButton } from '../../components/response/RespondButton'
import { TaskBar } from '../../components/response/TaskBar'
import { ScoreRing } from '../../components/ScoreRing'
import { Empty, Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { useActionName } from '../response/actionNames'
import { flat } from '../response/proof'
import '../models/models.css'
import './endpoints.css'
import { EndpointTools } from './EndpointTools'
import { softwareOf } from './view'

/** One host: what it is, whether its sensor sees everything, what happened on it, and what can be done. */
export function EndpointPage() {
  const { guid } = useParams({ from: '/frame/endpoints/$guid' })
  const found = useQuery(endpointQuery(guid))
  usePageTitle(found.data?.name ?? guid)
  if (found.isPending) return <div className="page"><Loading lines={10} /></div>
  if (found.isError) return <div className="page"><Failed error={found.error} onRetry={() => void found.refetch()} /></div>
  return <Body endpoint={found.data} />
}

function Body({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const here = useMemo(() => ({ guid: endpoint.guid, name: endpoint.name }), [endpoint.guid, endpoint.name])
  const wish = useMemo(() => ({ objectType: 'host' as const, hosts: [here], given: {} }), [here])
  return (
    <ObjectScope endpoint={here}>
      <div className="page">
        <div className="page-head">
          <div className="grow">
            <Link to="/endpoints" search={{}} className="dim">{t('nav.endpoints')}</Link>
            <h1 className="row"><ObjectValue object={{ type: 'host', field: 'endpointHostName', value: endpoint.name, about: here }}>{endpoint.name}</ObjectValue> <Connected endpoint={endpoint} /> {endpoint.isolation === 'on' && <Isolation state="on" />}</h1>
          </div>
          <RespondButton wish={wish} source="endpoints" filled />
          <Button variant="default" onClick={() => void navigate({ to: '/search', search: { query: `endpointGuid: "${endpoint.guid}"`, range: '24h' } })}>{t('menu.search')}</Button>
          <EndpointTools endpoint={endpoint} />
        </div>
        <div className="endpoint-page">
          <div className="col">
            <Alerts endpoint={endpoint} />
            <Tasks endpoint={endpoint} />
            <Software endpoint={endpoint} />
          </div>
          <div className="col">
            <Facts endpoint={endpoint} />
            <Collectors endpoint={endpoint} />
            <Abilities endpoint={endpoint} />
          </div>
        </div>
      </div>
    </ObjectScope>
  )
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const rows: [string, ReactNode][] = [
    [t('endpoints.type'), t(`endpoints.kind.${endpoint.type}`)],
    [t('respond.os'), [endpoint.osName, endpoint.osVersion].filter(Boolean).join(' ')],
    [t('endpoints.kernel'), [endpoint.kernel, endpoint.architecture].filter(Boolean).join(' · ')],
    [t('respond.office'), endpoint.group],
    [t('endpoints.addresses'), <span key="ips" className="row wrap tight">{endpoint.ips.map((ip) => <ObjectValue key={ip} className="mono" object={{ type: 'address', field: 'src', value: ip }} />)}</span>],
    [t('endpoints.interfaces'), endpoint.interfaces.map((one) => `${one.name} ${one.mac}`).join(', ')],
    [t('endpoints.users'), <span key="users" className="row wrap tight">{endpoint.users.map((user) => <ObjectValue key={user} object={{ type: 'account', field: '', value: user }} />)}</span>],
    [t('endpoints.isolated'), <Isolation key="isolation" state={endpoint.isolation} />],
    [t('endpoints.lastSeen'), <Moment key="seen" at={endpoint.lastSeen} />],
    [t('endpoints.enrolled'), <Moment key="enrolled" at={endpoint.enrolled} />],
    [t('endpoints.sensorVersion'), endpoint.sensorVersion],
    [t('endpoints.updates'), endpoint.package ? <span key="package" className="mono">{endpoint.package}</span> : t('endpoints.noUpdates')],
    [t('endpoints.policyVersion'), String(endpoint.policyVersion)],
    [t('endpoints.patternVersion'), String(endpoint.patternVersion)],
    [t('endpoints.blockVersion'), String(endpoint.blockVersion)],
    ['GUID', <span key="guid" className="mono">{endpoint.guid}</span>],
  ]
  return (
    <Panel title={t('endpoints.facts')}>
      <dl className="facts">{rows.map(([name, value]) => <Fact key={name} name={name}>{value}</Fact>)}</dl>
    </Panel>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <><dt>{name}</dt><dd>{children || <span className="dim">–</span>}</dd></>
}

/** Which sources it listens to, and of each that is not at work the reason. */
function Collectors({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const text = useText()
  const states = Object.entries(endpoint.collectors)
  const health = flat(endpoint.health ?? {}).filter(([name]) => !name.startsWith('collectors'))
  return (
    <Panel title={t('endpoints.health')}>
      {states.length === 0 && <p className="dim" style={{ margin: 0 }}>{t('endpoints.noCollectors')}</p>}
      <table className="small-table collectors">
        <tbody>
          {states.map(([name, state]) => (
            <tr key={name}>
              <td>{t(`collector.${name}`, name)}</td>
              <td>
                {state.spare
                  ? <span className="badge">{t('endpoints.spare')}</span>
                  : <span className={`badge ${state.active ? 'badge-ok' : 'badge-warn'}`}>{t(state.active ? 'endpoints.active' : 'endpoints.inactive')}</span>}
                {' '}{(state.watches ?? []).map((kind) => t(`collector.${kind}`, kind)).join(', ')}
                {' '}<span className="dim">{text(state.reason)}</span>
              </td>
            </tr>
          ))}
          {health.slice(0, 24).map(([name, value]) => <tr key={name}><td>{t(`health.${name}`, name)}</td><td className="num">{value}</td></tr>)}
        </tbody>
      </table>
    </Panel>
  )
}

/** What it cannot do, and why; the rest it can. */
function Abilities({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const text = useText()
  const name = useActionName()
  const cannot = Object.entries(endpoint.cannot)
  return (
    <Panel title={t('endpoints.abilities')}>
      <p style={{ margin: 0 }}>{endpoint.actions.length > 0 ? endpoint.actions.map((one) => name(one)).join(', ') : t('endpoints.abilitiesUnknown')}</p>
      {(endpoint.untested ?? []).length > 0 && <p className="warn-line" role="note" style={{ marginTop: 8 }}>{t('endpoints.untested', { actions: (endpoint.untested ?? []).map((one) => name(one)).join(', ') })}</p>}
      {cannot.length > 0 && <ul className="failures">{cannot.map(([action, why]) => <li key={action}>{name(action)}: {text(why)}</li>)}</ul>}
    </Panel>
  )
}

function Alerts({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const text = useText()
  const found = useQuery({ queryKey: ['workbench', 'of-endpoint', endpoint.name], queryFn: ({ signal }) => listAlerts({ search: endpoint.name, status: 'Open,In Progress', top: 10 }, signal) })
  return (
    <Panel title={t('endpoints.alerts')} tools={<Link to="/workbench" search={{ search: endpoint.name, created: 'all' }}>{t('endpoints.allAlerts')}</Link>}>
      {found.isPending && <Loading lines={2} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <p className="dim" style={{ margin: 0 }}>{t('endpoints.noAlerts')}</p>}
      {found.data && found.data.items.length > 0 && (
        <table className="small-table">
          <tbody>
            {found.data.items.map((alert) => (
              <tr key={alert.id}>
                <td style={{ width: 50 }}><ScoreRing score={alert.score} level={alert.severity} size={28} /></td>
                <td><Link to="/workbench/alerts/$id" params={{ id: alert.id }}>{text(alert.model)}</Link> <span className="dim mono">{alert.id}</span></td>
                <td style={{ width: 160 }}><Moment at={alert.createdDateTime} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Tasks({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const text = useText()
  const found = useQuery(endpointTasksQuery(endpoint.guid))
  return (
    <Panel title={t('endpoints.tasks')} tools={<Link to="/response" search={{ endpoint: endpoint.guid, range: 'all' }}>{t('endpoints.allTasks')}</Link>}>
      {found.isPending && <Loading lines={2} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <p className="dim" style={{ margin: 0 }}>{t('endpoints.noTasks')}</p>}
      {found.data && found.data.items.length > 0 && (
        <table className="small-table">
          <tbody>
            {found.data.items.map((task) => (
              <tr key={task.id}>
                <td style={{ width: 90 }}><Link className="mono" to="/response/tasks/$id" params={{ id: task.id }}>{task.id}</Link></td>
                <td>{text(task.title)} <span className="dim">{task.createdBy}</span></td>
                <td style={{ width: 150 }}><TaskBar state={task.state} /></td>
                <td style={{ width: 160 }}><Moment at={task.created} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Software({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const [words, setWords] = useState('')
  const shown = useMemo(() => softwareOf(endpoint, words), [endpoint, words])
  return (
    <Panel title={t('endpoints.software', { count: endpoint.software.length })} tools={<TextInput aria-label={t('endpoints.findSoftware')} placeholder={t('endpoints.findSoftware')} value={words} onChange={(event) => setWords(event.currentTarget.value)} w={200} />}>
      {shown.length === 0 ? <Empty title={t('endpoints.noSoftware')} /> : (
        <div className="scroll-table">
          <table className="small-table"><tbody>{shown.slice(0, 500).map((one) => <tr key={`${one.name} ${one.version}`}><td>{one.name}</td><td className="mono">{one.version}</td></tr>)}</tbody></table>
        </div>
      )}
    </Panel>
  )
}
