import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { activityQuery } from '../../api/profile'
import type { AlertDetail, Highlight } from '../../api/shapes'
import { AddressMark } from '../../components/AddressMark'
import { CopyIcon, Decoded, FieldList, valueText, type NamedValue } from '../../components/FieldList'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Prevalence } from '../../components/Prevalence'
import { usePrevalence } from '../../components/usePrevalence'
import { Card } from './Answers'

type Fields = Record<string, unknown>

/** The three checks of the daily flow, on one activity: the command that ran, the addresses, the file. */
export function Checks({ alert, highlight }: { alert: AlertDetail; highlight: Highlight | undefined }) {
  const { t } = useTranslation()
  const time = highlight ? Date.parse(highlight.eventDateTime) : undefined
  const activity = useQuery({ ...activityQuery(highlight?.uuid ?? '', time), enabled: highlight !== undefined })
  if (!highlight) return null
  const seen = Object.fromEntries(highlight.fields.map((one) => [one.field, one.value]))
  const fields: Fields = { ...(activity.data?.fields ?? {}), ...seen }
  return (
    <ObjectScope uuid={highlight.uuid} endpoint={{ name: highlight.endpointName }}>
      <div className="three checks">
        <Card title={t('check.command')}><CommandCheck fields={fields} highlight={highlight} /></Card>
        <Card title={t('check.addresses')}><AddressCheck fields={fields} alert={alert} /></Card>
        <Card title={t('check.file')}><FileCheck fields={fields} /></Card>
      </div>
    </ObjectScope>
  )
}

const COMMANDS = ['objectCmd', 'eventDataScriptBlockText', 'processCmd', 'parentCmd']

function CommandCheck({ fields, highlight }: { fields: Fields; highlight: Highlight }) {
  const { t } = useTranslation()
  const field = COMMANDS.find((name) => valueText(fields[name]) !== '')
  if (!field) return <p className="dim">{t('check.noCommand')}</p>
  const value = valueText(fields[field])
  const decoded = highlight.fields.find((one) => one.field === field)?.decoded
  return (
    <div className="check-command">
      <span className="row tight">
        <span className="dim mono">{field}</span>
        <CopyIcon text={value} />
      </span>
      <div className={`mono check-value${decoded ? ' check-encoded' : ''}`} title={decoded ? value : undefined}><ObjectValue object={{ type: 'command', field, value }} /></div>
      <Decoded text={decoded} />
    </div>
  )
}

const ADDRESSES = ['src', 'dst', 'objectIp', 'objectIps', 'eventDataIpAddress', 'endpointIp']

function AddressCheck({ fields, alert }: { fields: Fields; alert: AlertDetail }) {
  const { t } = useTranslation()
  const rows = ADDRESSES.flatMap((field) => {
    const value = fields[field]
    const list = Array.isArray(value) ? value : [value]
    return list.map((one) => ({ field, value: valueText(one) })).filter((one) => one.value !== '' && one.value !== '-')
  })
  const named = valueText(fields.hostName)
  if (rows.length === 0 && !named) return <p className="dim">{t('check.noAddress')}</p>
  return (
    <dl className="field-list">
      {rows.map(({ field, value }) => (
        <Address key={`${field}-${value}`} field={field} value={value} port={portOf(fields, field)} asset={assetOf(alert, value)} />
      ))}
      {named && <><dt>hostName</dt><dd><ObjectValue object={{ type: 'domain', field: 'hostName', value: named }} /></dd></>}
    </dl>
  )
}

function portOf(fields: Fields, field: string): string {
  const port = field === 'src' ? fields.spt : field === 'dst' ? fields.dpt : undefined
  return port ? `:${valueText(port)}` : ''
}

/** The endpoint of the impact scope that has this address. */
function assetOf(alert: AlertDetail, address: string): string | undefined {
  return alert.impactScope.entities.find((entity) => entity.ips?.includes(address))?.name
}

function Address({ field, value, port, asset }: { field: string; value: string; port: string; asset: string | undefined }) {
  return (
    <>
      <dt>{field}</dt>
      <dd>
        <ObjectValue object={{ type: 'address', field, value }}>{value}{port}</ObjectValue>
        <AddressMark address={value} asset={asset} />
      </dd>
    </>
  )
}

/** The strongest hash the record names is enough here; all of them stand under Events. */
const HASHES = ['Sha256', 'Sha1', 'Md5', 'Imphash']

/** Files of an activity, the most telling first: what was acted on, then who acted. */
const FILES: [path: string, prefix: string][] = [['objectFilePath', 'object'], ['processFilePath', 'process']]

function FileCheck({ fields }: { fields: Fields }) {
  const { t } = useTranslation()
  const [path = '', prefix = ''] = FILES.find(([name]) => valueText(fields[name]) !== '') ?? []
  const hash = HASHES.map((kind) => `${prefix}FileHash${kind}`).find((field) => valueText(fields[field]) !== '') ?? ''
  const counted = hash || path
  const seen = usePrevalence(counted ? [[counted, fields[counted]]] : [])
  if (!path) return <p className="dim">{t('check.noFile')}</p>
  const names = [...new Set([path, 'processFilePath', hash, `${prefix}Signer`])]
  const facts: NamedValue[] = names.map((field) => ({ field, value: fields[field] })).filter((one) => valueText(one.value) !== '')
  const unsigned = valueText(fields[`${prefix}Signer`]) === ''
  return (
    <>
      <FieldList fields={facts} />
      {unsigned && <p className="dim">{t('check.signerUnknown')}</p>}
      <Prevalence seen={seen(counted, valueText(fields[counted]))} />
    </>
  )
}
