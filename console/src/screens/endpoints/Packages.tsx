import { Button, Modal, NumberInput, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupsQuery } from '../../api/endpoints'
import { packageQuery, packagesQuery, usePackageChanges, type SensorPackage } from '../../api/sensorPackages'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import './endpoints.css'

/** Signed packages of the sensor: with whom they are shared, and what became of them. They are added on the server's command line. */
export function SensorPackages() {
  const { t } = useTranslation()
  const found = useQuery(packagesQuery)
  usePageTitle(t('sensorPackages.title'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <div><Link to="/endpoints" search={{}} className="dim">{t('nav.endpoints')}</Link><h1>{t('sensorPackages.title')}</h1></div>
      </div>
      <div className="split">
        <section className="panel">
          {found.isPending && <Loading lines={6} />}
          {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
          {found.data?.items.length === 0 && (
            <Empty title={t('sensorPackages.empty')}>
              <p>{t('sensorPackages.emptyHelp')}</p>
              <code>hinomi sensor packages add FILE</code>
            </Empty>
          )}
          {found.data && found.data.items.length > 0 && <Rows items={found.data.items} />}
        </section>
      </div>
    </div>
  )
}

function Rows({ items }: { items: SensorPackage[] }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const may = useMay('administer')
  const columns: Column<SensorPackage>[] = [
    { key: 'version', header: t('sensorPackages.version'), cell: (row) => <><strong>{row.version}</strong>{row.goesBack && <span className="badge" style={{ marginLeft: 6 }}>{t('sensorPackages.goesBack')}</span>}<span className="dim mono clip" style={{ display: 'block' }} title={row.sha256}>{row.sha256.slice(0, 12)}</span></> },
    { key: 'platform', header: t('sensorPackages.platform'), width: '190px', cell: (row) => <span className="mono">{row.platform}</span> },
    { key: 'share', header: t('sensorPackages.share'), width: '190px', cell: (row) => (row.percent === 0 ? <span className="dim">{t('sensorPackages.notShared')}</span> : <>{t('sensorPackages.percent', { percent: row.percent })} <span className="dim">{row.group || t('sensorPackages.allGroups')}</span></>) },
    { key: 'outcomes', header: t('sensorPackages.outcomes'), width: '260px', cell: (row) => <Outcomes row={row} /> },
    { key: 'added', header: t('column.created'), width: '130px', cell: (row) => <><Moment short at={row.added} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.addedBy}</span></> },
  ]
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(items.map((row) => row.sha256), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1) })
  const tools: Column<SensorPackage> = { key: 'tools', header: '', width: '250px', cell: (row) => <Tools row={row} /> }
  return <DataTable label={t('sensorPackages.title')} rows={items} columns={may ? [...columns, tools] : columns} rowKey={(row) => row.sha256} rowHeight={52} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.sha256 })} />
}

/** How many sensors run it, refused it, went back; who they are opens by a click. */
function Outcomes({ row }: { row: SensorPackage }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const counts = [['running', row.running, 'badge badge-ok'], ['refused', row.refused, 'badge badge-warn'], ['rolled_back', row.rolledBack, 'badge badge-warn']] as const
  const seen = counts.filter(([, count]) => count > 0)
  if (seen.length === 0) return <span className="dim">–</span>
  return (
    <>
      <Button variant="subtle" color="gray" px={4} onClick={() => setOpen(true)}>
        <span className="row tight">{seen.map(([name, count, look]) => <span key={name} className={look}>{t(`sensorPackages.outcome.${name}`)} {count}</span>)}</span>
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} size="lg" title={<strong>{t('sensorPackages.onEndpoints', { version: row.version })}</strong>}>
        {open && <Sensors sha256={row.sha256} />}
      </Modal>
    </>
  )
}

function Sensors({ sha256 }: { sha256: string }) {
  const { t } = useTranslation()
  const found = useQuery(packageQuery(sha256))
  if (found.isPending) return <Loading lines={4} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  return (
    <ul className="bare col">
      {found.data.sensors.map((one) => (
        <li key={one.guid} className="row">
          <Link to="/endpoints/$guid" params={{ guid: one.guid }} search={{}}>{one.name}</Link>
          <span className={one.outcome === 'running' ? 'badge badge-ok' : 'badge badge-warn'}>{t(`sensorPackages.outcome.${one.outcome}`)}</span>
          <span className="dim grow">{one.reason}</span>
          <Moment short at={one.at} />
        </li>
      ))}
    </ul>
  )
}

function Tools({ row }: { row: SensorPackage }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { share, remove } = usePackageChanges()
  const [asking, setAsking] = useState<'share' | 'remove' | null>(null)
  const close = () => setAsking(null)
  const stop = () => share.mutate({ sha256: row.sha256, percent: 0, group: '' }, outcome(t('sensorPackages.stopped')))
  return (
    <span className="row tight">
      <Button variant="subtle" onClick={() => setAsking('share')}>{t('sensorPackages.doShare')}</Button>
      {row.percent > 0 && <Button variant="subtle" color="gray" loading={share.isPending} onClick={stop}>{t('sensorPackages.doStop')}</Button>}
      <Button variant="subtle" color="red" onClick={() => setAsking('remove')}>{t('action.delete')}</Button>
      <Modal opened={asking === 'share'} onClose={close} title={<strong>{t('sensorPackages.shareTitle', { version: row.version })}</strong>}>
        {asking === 'share' && <ShareForm row={row} onClose={close} />}
      </Modal>
      <Confirm opened={asking === 'remove'} danger title={t('sensorPackages.removeTitle')} message={t('sensorPackages.removeMessage')} target={<strong>{row.version}</strong>} confirm={t('action.delete')} busy={remove.isPending} onConfirm={() => remove.mutate(row.sha256, outcome('', { onEnd: close }))} onCancel={close} />
    </span>
  )
}

function ShareForm({ row, onClose }: { row: SensorPackage; onClose: () => void }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { share } = usePackageChanges()
  const groups = useQuery(groupsQuery)
  const [percent, setPercent] = useState(row.percent || 10)
  const [group, setGroup] = useState(row.group)
  const names = [...new Set([...(groups.data?.items ?? []), group])].filter(Boolean)
  const send = () => share.mutate({ sha256: row.sha256, percent, group }, outcome(t('sensorPackages.shared'), { onEnd: onClose }))
  return (
    <form className="col" onSubmit={(event) => { event.preventDefault(); send() }}>
      <p className="dim" style={{ margin: 0 }}>{t('sensorPackages.shareHelp', { platform: row.platform })}</p>
      <NumberInput label={t('sensorPackages.percentOf')} value={percent} min={1} max={100} suffix=" %" data-autofocus onChange={(next) => typeof next === 'number' && setPercent(next)} />
      <Select label={t('respond.office')} value={group || '_'} data={[{ value: '_', label: t('sensorPackages.allGroups') }, ...names.map((one) => ({ value: one, label: one }))]} onChange={(next) => setGroup(next === null || next === '_' ? '' : next)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={share.isPending}>{t('sensorPackages.doShare')}</Button>
      </div>
    </form>
  )
}
