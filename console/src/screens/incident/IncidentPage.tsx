import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { IconLinkPlus, IconUnlink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { incidentQuery, useIncidentChanges } from '../../api/incidents'
import { useMay, useSession } from '../../api/session'
import type { AlertRow, IncidentDetail, IncidentLink } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { ImpactScope } from '../../components/ImpactScope'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Failed, Loading, useErrorText } from '../../components/States'
import { Status } from '../../components/Status'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import '../alert/alert.css'

/** Alerts that tell one story, and why each belongs to it. */
export function IncidentPage() {
  const { id } = useParams({ from: '/frame/workbench/incidents/$id' })
  const text = useText()
  const incident = useQuery(incidentQuery(id))
  usePageTitle(incident.data ? `${text(incident.data.name)} ${id}` : id)
  if (incident.isPending) return <div className="page"><Loading lines={8} /></div>
  if (incident.isError) return <div className="page"><Failed error={incident.error} onRetry={() => void incident.refetch()} /></div>
  return (
    <div className="page">
      <Head incident={incident.data} />
      <Members incident={incident.data} />
    </div>
  )
}

function Head({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const may = useMay('investigate')
  return (
    <header className="panel alert-head">
      <ScoreRing score={incident.score} level={incident.severity} size={64} />
      <div className="grow">
        <div className="row">
          <Link to="/workbench" search={{ tab: 'incidents' }} className="dim">{t('workbench.tab.incidents')}</Link>
          <span className="dim">/</span>
          <span className="mono">{incident.id}</span>
        </div>
        <div className="row">
          <h1 className="grow">{text(incident.name)}</h1>
          {may && <Controls incident={incident} />}
        </div>
        <dl className="alert-facts">
          <div><dt>{t('column.severity')}</dt><dd><Severity level={incident.severity} /></dd></div>
          <div><dt>{t('column.status')}</dt><dd><Status status={incident.status} /></dd></div>
          <div><dt>{t('column.owner')}</dt><dd>{incident.owner ?? '–'}</dd></div>
          <div><dt>{t('column.alerts')}</dt><dd>{t('incident.alertCount', { active: incident.activeAlertCount, all: incident.alertCount })}</dd></div>
          <div><dt>{t('column.impactScope')}</dt><dd><ImpactScope scope={incident.impactScope} /></dd></div>
          <div><dt>{t('column.created')}</dt><dd><Moment at={incident.createdDateTime} /></dd></div>
          <div><dt>{t('column.updated')}</dt><dd><Moment at={incident.updatedDateTime} /> <span className="dim">{text(incident.updateText)}</span></dd></div>
        </dl>
      </div>
    </header>
  )
}

/** Owner and status of the incident. */
function Controls({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const me = useSession()?.user.name ?? null
  const { change } = useIncidentChanges(incident.id)
  const apply = (changes: Parameters<typeof change.mutate>[0]) => change.mutate(changes, { onError: (error) => notice.warn(errorText(error)) })
  return (
    <span className="row no-print">
      {incident.owner !== me && <Button variant="default" onClick={() => apply({ owner: me })}>{t('workbench.assignMe')}</Button>}
      {incident.status === 'Open' && <Button variant="default" onClick={() => apply({ status: 'In Progress' })}>{t('workbench.start')}</Button>}
      {incident.status === 'Closed' ? (
        <Button variant="default" onClick={() => apply({ status: 'Open' })}>{t('workbench.reopen')}</Button>
      ) : (
        <Button onClick={() => apply({ status: 'Closed' })}>{t('incident.close')}</Button>
      )}
    </span>
  )
}

type Member = { alert: AlertRow; link: IncidentLink | undefined }

function Members({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation()
  const may = useMay('investigate')
  const navigate = useNavigate()
  const [linking, setLinking] = useState(false)
  const [leaving, setLeaving] = useState<AlertRow | null>(null)
  const rows = [...incident.alerts]
    .sort((a, b) => a.firstEventDateTime.localeCompare(b.firstEventDateTime))
    .map((alert) => ({ alert, link: incident.links.find((one) => one.alertId === alert.id) }))
  const columns = useMemberColumns(may ? setLeaving : null)
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t('incident.members')}</h2>
        <span className="grow" />
        {may && <Button variant="default" leftSection={<IconLinkPlus size={15} />} onClick={() => setLinking(true)}>{t('incident.link')}</Button>}
      </div>
      <DataTable
        label={t('incident.members')}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.alert.id}
        onOpen={(row) => void navigate({ to: '/workbench/alerts/$id', params: { id: row.alert.id } })}
        free
      />
      <LinkDialog id={incident.id} opened={linking} onClose={() => setLinking(false)} />
      <UnlinkDialog id={incident.id} alert={leaving} onClose={() => setLeaving(null)} />
    </section>
  )
}

function useMemberColumns(onLeave: ((alert: AlertRow) => void) | null): Column<Member>[] {
  const { t } = useTranslation()
  const text = useText()
  const columns: Column<Member>[] = [
    { key: 'status', header: t('column.status'), width: '104px', cell: ({ alert }) => <Status status={alert.status} finding={alert.investigationResult} /> },
    { key: 'score', header: t('column.score'), width: '72px', cell: ({ alert }) => <ScoreRing score={alert.score} level={alert.severity} /> },
    { key: 'id', header: t('column.workbenchId'), width: '170px', cell: ({ alert }) => <Link className="mono nowrap" to="/workbench/alerts/$id" params={{ id: alert.id }}>{alert.id}</Link> },
    { key: 'model', header: t('column.model'), cell: ({ alert }) => <strong>{text(alert.model)}</strong> },
    { key: 'severity', header: t('column.severity'), width: '90px', cell: ({ alert }) => <Severity level={alert.severity} plain /> },
    { key: 'scope', header: t('column.impactScope'), width: '104px', cell: ({ alert }) => <ImpactScope scope={alert.impactScope} /> },
    { key: 'first', header: t('column.firstEvent'), width: '116px', cell: ({ alert }) => <Moment short at={alert.firstEventDateTime} /> },
    {
      key: 'reason',
      header: t('incident.reason'),
      cell: ({ link }) => link && <span>{text(link.reason)} <span className="dim">({link.by}, <Moment short at={link.at} />)</span></span>,
    },
  ]
  if (!onLeave) return columns
  return [
    ...columns,
    {
      key: 'leave',
      header: '',
      width: '128px',
      cell: ({ alert }) => <Button variant="subtle" color="gray" px={6} leftSection={<IconUnlink size={14} />} onClick={() => onLeave(alert)}>{t('incident.unlink')}</Button>,
    },
  ]
}

function LinkDialog({ id, opened, onClose }: { id: string; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { link } = useIncidentChanges(id)
  const [alertId, setAlertId] = useState('')
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    link.mutate({ alertId: alertId.trim(), reason: reason.trim() }, { onSuccess: onClose })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{t('incident.linkTitle', { id })}</strong>}>
      <form className="col" onSubmit={submit}>
        <p style={{ margin: 0 }} className="dim">{t('incident.linkMessage')}</p>
        <TextInput label={t('column.workbenchId')} placeholder="WB-…" value={alertId} onChange={(event) => setAlertId(event.currentTarget.value)} required data-autofocus />
        <Textarea label={t('close.reasonLabel')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={2} maxLength={1000} />
        {link.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{errorText(link.error)}</p>}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" loading={link.isPending}>{t('incident.link')}</Button>
        </div>
      </form>
    </Modal>
  )
}

function UnlinkDialog({ id, alert, onClose }: { id: string; alert: AlertRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const errorText = useErrorText()
  const { unlink } = useIncidentChanges(id)
  const run = () => alert && unlink.mutate({ alertId: alert.id }, { onSuccess: onClose, onError: (error) => notice.warn(errorText(error)) })
  return (
    <Confirm
      opened={alert !== null}
      danger
      title={t('incident.unlinkTitle')}
      message={t('incident.unlinkMessage', { id })}
      target={alert && <><strong>{text(alert.model)}</strong><br /><span className="mono">{alert.id}</span></>}
      confirm={t('incident.unlink')}
      busy={unlink.isPending}
      onConfirm={() => void run()}
      onCancel={onClose}
    />
  )
}
