import { Button, Select } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconDownload, IconHelpCircle, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { endpointChoiceQuery } from '../../api/endpoints'
import { preflightQuery, simulationAddress, simulationsQuery, useReplay, type Check, type Simulation } from '../../api/kit'
import { useMay } from '../../api/session'
import { CopyIcon } from '../../components/FieldList'
import { useOutcome } from '../../components/outcome'
import { endpointOptions } from '../../components/response/wish'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import '../models/models.css'
import './simulation.css'

/** Try the whole way from an endpoint to the Workbench with a harmless script. */
export function Simulations() {
  const { t } = useTranslation()
  const found = useQuery(simulationsQuery)
  usePageTitle(t('simulation.title'))
  return (
    <div className="page">
      <div className="page-head">
        <div><span className="dim">{t('simulation.path')}</span><h1>{t('simulation.title')}</h1></div>
      </div>
      <p style={{ margin: 0, maxWidth: '90ch' }}>{t('simulation.help')}</p>
      {found.isPending && <Loading lines={6} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <Empty title={t('simulation.empty')} />}
      {found.data?.items.map((one) => <Entry key={one.id} one={one} />)}
    </div>
  )
}

function Entry({ one }: { one: Simulation }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <section className="panel simulation" aria-label={text(one.title)}>
      <div className="panel-head">
        <h2 className="grow"><Link to="/attack/techniques/$id" params={{ id: one.technique }} className="mono">{one.technique}</Link> – {text(one.title).replace(new RegExp(`^${one.technique}\\s*[-–]\\s*`), '')}</h2>
        <ReplayButton one={one} />
      </div>
      <div className="panel-body col">
        <p style={{ margin: 0 }}>{text(one.description)}</p>
        <ol className="simulation-steps">
          <li>
            <div className="row wrap">
              <Button component="a" href={simulationAddress(one.id)} download leftSection={<IconDownload size={15} />}>{t('simulation.download')}</Button>
              <span className="mono">{one.file}</span>
              <span>{t('simulation.password')}</span><span className="once" data-testid="simulation-password">{one.password}</span><CopyIcon text={one.password} />
            </div>
          </li>
          <li>{t('simulation.run')}
            <ul>{one.scenarios.map((scenario) => <li key={scenario.id}><strong>{t('simulation.scenario', { n: scenario.id })}</strong>: {text(scenario.title)} <Link to="/filters/$id" params={{ id: scenario.filter }} className="mono dim">{scenario.filter}</Link> <a href={simulationAddress(one.id, String(scenario.id))} download>{t('simulation.only')}</a></li>)}</ul>
          </li>
          <li>{t('simulation.look')} {one.model && <Link to="/models/$id" params={{ id: one.modelId }}>{text(one.model)}</Link>} <Link to="/workbench" search={{ created: '24h' }}>{t('nav.workbench')}</Link></li>
        </ol>
        <Preflight one={one} />
      </div>
    </section>
  )
}

/** What on a chosen endpoint would keep the alert from coming. */
function Preflight({ one }: { one: Simulation }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const endpoint = address.endpoint ?? ''
  const choice = useQuery(endpointChoiceQuery)
  const found = useQuery(preflightQuery(one.id, endpoint))
  return (
    <section aria-label={t('simulation.preflight')}>
      <h3 className="section-title">{t('simulation.preflight')}</h3>
      <Select w={300} aria-label={t('column.endpoint')} placeholder={t('simulation.choose')} searchable data={endpointOptions(choice.data?.items ?? [])} value={endpoint || null} onChange={(next) => setAddress({ endpoint: next ?? undefined })} />
      {endpoint !== '' && found.isPending && <Loading lines={3} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <div data-testid="preflight">
          <p style={{ margin: '8px 0 4px' }}><strong>{t(found.data.ready ? 'simulation.ready' : 'simulation.notReady')}</strong></p>
          <ul className="bare col" style={{ gap: 4 }}>{found.data.items.map((check) => <CheckLine key={check.name} check={check} />)}</ul>
        </div>
      )}
    </section>
  )
}

function CheckLine({ check }: { check: Check }) {
  const { t } = useTranslation()
  const text = useText()
  const Icon = check.ok === null ? IconHelpCircle : check.ok ? IconCircleCheck : IconAlertTriangle
  const word = check.ok === null ? 'unknown' : check.ok ? 'ok' : check.blocking ? 'blocks' : 'warns'
  return (
    <li className="row tight" style={{ alignItems: 'flex-start' }}>
      <Icon size={15} style={{ flex: 'none', marginTop: 2 }} color={check.ok ? 'var(--h-ok)' : check.ok === null ? 'var(--h-dim)' : check.blocking ? 'var(--h-critical)' : 'var(--h-medium)'} aria-hidden />
      <span><strong>{text(check.title)}</strong> <span className="badge">{t(`simulation.check.${word}`)}</span> <span className="dim">{text(check.why)}</span></span>
    </li>
  )
}

/** For those without an endpoint: the recording of such a run, as if it had just happened. */
function ReplayButton({ one }: { one: Simulation }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const outcome = useOutcome()
  const may = useMay('investigate')
  const replay = useReplay()
  if (!may) return null
  const run = () =>
    replay.mutate(
      one.id,
      outcome(({ records }: { records: number }) => t('simulation.replayed', { count: records }), {
        action: { label: t('error.toWorkbench'), run: () => void navigate({ to: '/workbench', search: {} }) },
      }),
    )
  return <Button variant="default" leftSection={<IconPlayerPlay size={15} />} loading={replay.isPending} onClick={run} title={t('simulation.replayHelp')}>{t('simulation.replay')}</Button>
}
