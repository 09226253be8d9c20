import { IconDeviceDesktop, IconServer } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EndpointRow } from '../../api/responseShapes'
import type { Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'
import { Connected, Isolation } from '../../components/response/Connected'
import { healthOf } from './view'

export function useEndpointColumns(): Column<EndpointRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', header: t('column.name'), order: 'name', cell: (row) => <Name row={row} /> },
    { key: 'os', header: t('respond.os'), width: '150px', cell: (row) => <span className="two-lines">{[row.osName, row.osVersion].filter(Boolean).join(' ') || '–'}</span> },
    { key: 'ips', header: t('endpoints.addresses'), width: '124px', cell: (row) => <span className="two-lines mono" title={row.ips.join('\n')}>{row.ips.slice(0, 2).join(' ')}{row.ips.length > 2 ? ` +${row.ips.length - 2}` : ''}</span> },
    { key: 'user', header: t('endpoints.lastUser'), width: '96px', cell: (row) => (row.lastUser ? <ObjectValue object={{ type: 'account', field: '', value: row.lastUser, about: { guid: row.guid, name: row.name } }} /> : <span className="dim">–</span>) },
    { key: 'connected', header: t('endpoints.connection'), width: '106px', order: 'connected', cell: (row) => <Connected endpoint={row} /> },
    { key: 'isolation', header: t('endpoints.isolated'), width: '112px', order: 'isolation', cell: (row) => <Isolation state={row.isolation} /> },
    { key: 'health', header: t('endpoints.health'), width: '100px', cell: (row) => <Health row={row} /> },
    { key: 'versions', header: t('endpoints.versions'), width: '132px', cell: (row) => <Versions row={row} /> },
    { key: 'work', header: t('endpoints.work'), width: '118px', cell: (row) => <span className="num" title={t('endpoints.workHelp', { alerts: row.openAlerts, tasks: row.runningTasks })}>{row.openAlerts} / {row.runningTasks}</span> },
    { key: 'seen', header: t('endpoints.lastSeen'), width: '118px', order: 'lastSeen', cell: (row) => <Moment short at={row.lastSeen} /> },
  ]
}

function Name({ row }: { row: EndpointRow }) {
  const { t } = useTranslation()
  const Icon = row.type === 'server' ? IconServer : IconDeviceDesktop
  return (
    <span className="row tight">
      <Icon size={15} style={{ flex: 'none' }} aria-label={t(`endpoints.kind.${row.type}`)} />
      <span className="col" style={{ gap: 0 }}>
        <span className="row tight"><Link to="/endpoints/$guid" params={{ guid: row.guid }} className="clip"><strong>{row.name}</strong></Link><ObjectValue className="endpoint-menu" object={{ type: 'host', field: 'endpointHostName', value: row.name, about: { guid: row.guid, name: row.name } }}>⋯</ObjectValue></span>
        {row.group && <span className="dim clip" style={{ fontSize: 12 }}>{row.group}</span>}
      </span>
    </span>
  )
}

export function Health({ row }: { row: EndpointRow }) {
  const { t } = useTranslation()
  const health = healthOf(row)
  const looks = { all: 'badge badge-ok', some: 'badge badge-warn', none: 'badge badge-bad', unknown: 'badge' }
  return <span className={looks[health]}>{t(`endpoints.healthWord.${health}`)}</span>
}

function Versions({ row }: { row: EndpointRow }) {
  const { t } = useTranslation()
  return (
    <span className="two-lines num" style={{ fontSize: 12 }} title={t('endpoints.versionsHelp', { sensor: row.sensorVersion, policy: row.policyVersion, pattern: row.patternVersion, block: row.blockVersion })}>
      {row.sensorVersion || '–'} <span className="dim">{t('endpoints.versionsShort', { policy: row.policyVersion, pattern: row.patternVersion })}</span>
    </span>
  )
}
