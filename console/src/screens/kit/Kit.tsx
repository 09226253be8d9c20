import { Button } from '@mantine/core'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { kitAddress, kitQuery, kitReportQuery, kitReportsQuery, useUploadReport, type KitFinding, type KitReport } from '../../api/kit'
import { useMay } from '../../api/session'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { useText } from '../../i18n'
import { flat } from '../response/proof'
import '../models/models.css'

/** For hosts without a sensor: download, run there, upload what it made. */
export function Kit() {
  const { t } = useTranslation()
  usePageTitle(t('nav.kit'))
  return (
    <div className="page">
      <div className="page-head"><h1>{t('nav.kit')}</h1><span className="grow" /><UploadButton /></div>
      <p style={{ margin: 0, maxWidth: '90ch' }}>{t('kit.help')}</p>
      <Downloads />
      <Reports />
    </div>
  )
}

function Downloads() {
  const { t } = useTranslation()
  const text = useText()
  const kit = useQuery(kitQuery)
  if (kit.isPending) return <Loading lines={3} />
  if (kit.isError) return <Failed error={kit.error} onRetry={() => void kit.refetch()} />
  const platforms = kit.data.platforms.map((one) => (typeof one === 'string' ? { platform: one } : one))
  return (
    <div className="three">
      {platforms.map((one) => (
        <section key={one.platform} className="panel" aria-label={one.platform}>
          <div className="panel-head"><h2 className="grow">{t(`kit.platform.${one.platform}`, one.platform)}</h2><Button component="a" href={kitAddress(one.platform)} download leftSection={<IconDownload size={15} />}>{t('kit.download')}</Button></div>
          <div className="panel-body col">
            <p style={{ margin: 0 }}>{t(`kit.run.${one.platform}`, '')}</p>
            <pre className="output">{t(`kit.command.${one.platform}`, '')}</pre>
            {'note' in one && one.note && <p className="dim" style={{ margin: 0 }}>{text(one.note)}</p>}
          </div>
        </section>
      ))}
      <section className="panel" aria-label={t('kit.steps')}>
        <div className="panel-head"><h2>{t('kit.steps')}</h2></div>
        <ol className="panel-body" style={{ margin: 0, paddingLeft: 32 }}><li>{t('kit.step.download')}</li><li>{t('kit.step.run')}</li><li>{t('kit.step.upload')}</li></ol>
      </section>
    </div>
  )
}

function UploadButton() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const outcome = useOutcome()
  const may = useMay('investigate')
  const upload = useUploadReport()
  const input = useRef<HTMLInputElement>(null)
  if (!may) return null
  const chosen = (file: File | undefined) => {
    if (!file) return
    upload.mutate(
      file,
      outcome((report: { id: string; host: string }) => t('kit.uploaded', { host: report.host }), {
        onDone: (report) => void navigate({ to: '/forensics/kit/$id', params: { id: report.id } }),
      }),
    )
  }
  return (
    <>
      <input ref={input} type="file" hidden aria-label={t('kit.upload')} onChange={(event) => { chosen(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
      <Button leftSection={<IconUpload size={15} />} loading={upload.isPending} onClick={() => input.current?.click()}>{t('kit.upload')}</Button>
    </>
  )
}

function Reports() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [address, setAddress] = useAddress()
  const reports = useQuery(kitReportsQuery)
  const rows = reports.data?.items ?? []
  const columns: Column<KitReport>[] = [
    { key: 'host', header: t('object.host'), cell: (row) => <Link to="/forensics/kit/$id" params={{ id: row.id }}><strong>{row.host}</strong></Link> },
    { key: 'ips', header: t('endpoints.addresses'), width: '170px', cell: (row) => <span className="mono">{(row.ips ?? []).join(', ')}</span> },
    { key: 'os', header: t('respond.os'), width: '180px', cell: (row) => row.os ?? '' },
    { key: 'suspicious', header: t('kit.suspicious'), width: '110px', numeric: true, cell: (row) => row.suspicious },
    { key: 'collected', header: t('kit.collected'), width: '150px', cell: (row) => <Moment short at={row.collected} /> },
    { key: 'uploaded', header: t('kit.uploadedAt'), width: '160px', cell: (row) => <><Moment short at={row.uploaded} /><span className="dim clip" style={{ display: 'block', fontSize: 12 }}>{row.uploadedBy}</span></> },
  ]
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1), Enter: (event) => { if (event.target instanceof HTMLElement && event.target.closest('a, button')) event.target.click(); else if (address.cursor) void navigate({ to: '/forensics/kit/$id', params: { id: address.cursor } }) } })
  return (
    <section className="panel" aria-label={t('kit.reports')}>
      <div className="panel-head"><h2>{t('kit.reports')}</h2></div>
      {reports.isPending && <Loading lines={4} />}
      {reports.isError && <Failed error={reports.error} onRetry={() => void reports.refetch()} />}
      {reports.isSuccess && rows.length === 0 && <Empty title={t('kit.empty')}><p>{t('kit.emptyHelp')}</p></Empty>}
      {rows.length > 0 && <DataTable label={t('kit.reports')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={44} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} onOpen={(row) => void navigate({ to: '/forensics/kit/$id', params: { id: row.id } })} />}
    </section>
  )
}

/** What a run of the kit found: the suspicious first, then everything by kind. */
export function KitReportPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/frame/forensics/kit/$id' })
  const found = useQuery(kitReportQuery(id))
  usePageTitle(found.data?.host ?? id)
  if (found.isPending) return <div className="page"><Loading lines={10} /></div>
  if (found.isError) return <div className="page"><Failed error={found.error} onRetry={() => void found.refetch()} /></div>
  const report = found.data
  const findings = [...(report.findings ?? [])].sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
  return (
    <ObjectScope endpoint={{ name: report.host }}>
      <div className="page">
        <div className="page-head">
          <div className="grow"><Link to="/forensics/kit" className="dim">{t('nav.kit')}</Link><h1><ObjectValue object={{ type: 'host', field: 'endpointHostName', value: report.host }} /> <span className="mono dim">{(report.ips ?? []).join(', ')}</span></h1></div>
          <span className="dim">{report.os} · <Moment at={report.collected} /></span>
          <Link to="/search" search={{ query: `endpointHostName: "${report.host}"`, range: 'all' }}>{t('kit.inSearch')}</Link>
        </div>
        <section className="panel" aria-label={t('kit.suspicious')}>
          <div className="panel-head"><h2>{t('kit.suspicious')} <span className="num dim">{findings.length}</span></h2></div>
          {findings.length === 0 ? <Empty title={t('kit.nothingSuspicious')} /> : <Findings rows={findings} />}
        </section>
        {Object.entries(report.sections ?? {}).map(([name, rows]) => <Section key={name} name={name} rows={rows} />)}
      </div>
    </ObjectScope>
  )
}

function Findings({ rows }: { rows: KitFinding[] }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <table className="small-table" data-testid="kit-findings">
      <thead><tr><th style={{ width: 120 }}>{t('kit.kind')}</th><th>{t('object.value')}</th><th>{t('kit.reasons')}</th></tr></thead>
      <tbody>
        {rows.slice(0, 500).map((one, index) => (
          <tr key={`${one.value} ${index}`}>
            <td>{t(`kit.section.${one.kind}`, one.kind)}</td>
            <td><ObjectValue className="mono" object={{ type: one.value.includes('/') || one.value.includes('\\') ? 'file' : 'value', field: '', value: one.value, about: one.sha256 ? { sha256: one.sha256 } : undefined }} />{one.collected && <span className="badge badge-ok" style={{ marginLeft: 6 }}>{t('kit.packed')}</span>}</td>
            <td>{(one.reasons ?? []).map((reason) => text(reason)).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Section({ name, rows }: { name: string; rows: unknown[] }) {
  const { t } = useTranslation()
  if (!Array.isArray(rows) || rows.length === 0) return null
  return (
    <details className="panel">
      <summary className="panel-head" style={{ cursor: 'pointer' }}><h2>{t(`kit.section.${name}`, name)} <span className="num dim">{rows.length}</span></h2></summary>
      <ul className="panel-body bare mono" style={{ maxHeight: 420, overflow: 'auto' }}>
        {rows.slice(0, 1000).map((row, index) => <li key={index} style={{ overflowWrap: 'anywhere', padding: '1px 0' }}>{typeof row === 'object' ? flat(row).map(([key, value]) => `${key}=${value}`).join('  ') : String(row)}</li>)}
      </ul>
    </details>
  )
}
