import { ActionIcon, Tabs } from '@mantine/core'
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { alertProfileQuery } from '../../api/profile'
import { alertQuery } from '../../api/workbench'
import type { AlertDetail } from '../../api/shapes'
import { ObjectScope } from '../../components/ObjectMenu'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { Profile } from '../profile/Profile'
import { AlertHead } from './AlertHead'
import { Answers } from './Answers'
import { Checks } from './Checks'
import { ConnectionsTab } from './ConnectionsTab'
import { EventsTab } from './EventsTab'
import { Highlights } from './Highlights'
import { NotesTab } from './NotesTab'
import { RespondTab, useAlertHosts } from './RespondTab'
import { WhyTab } from './WhyTab'
import './alert.css'

const CorrelationGraph = lazy(() => import('./CorrelationGraph'))
const TABS = ['graph', 'profile', 'respond', 'connections', 'events', 'why', 'notes'] as const
type Tab = (typeof TABS)[number]

/** One alert: three answers first, then the three checks, then the evidence. */
export function AlertPage() {
  const { id } = useParams({ from: '/frame/workbench/alerts/$id' })
  const text = useText()
  const alert = useQuery(alertQuery(id))
  usePageTitle(alert.data ? `${text(alert.data.model)} ${id}` : id)
  if (alert.isPending) return <div className="page"><Loading lines={10} /></div>
  if (alert.isError) return <div className="page"><Failed error={alert.error} onRetry={() => void alert.refetch()} /></div>
  return <Body alert={alert.data} />
}

function Body({ alert }: { alert: AlertDetail }) {
  const [address, setAddress] = useAddress()
  const tab = TABS.find((one) => one === address.tab) ?? 'graph'
  const onRecord = useCallback((uuid: string) => setAddress({ tab: 'events', uuid }), [setAddress])
  const chosen = alert.highlights.find((one) => one.uuid === address.uuid)
  const hosts = useAlertHosts(alert)
  return (
    <ObjectScope alertId={alert.id} hosts={hosts} onRecord={onRecord}>
      <div className="page alert-page">
        <AlertHead alert={alert} />
        <Answers alert={alert} />
        <Checks alert={alert} highlight={chosen ?? gravest(alert)} />
        <Evidence alert={alert} tab={tab} lit={chosen?.uuid ?? ''} setAddress={setAddress} />
      </div>
    </ObjectScope>
  )
}

const RANK = ['critical', 'high', 'medium', 'low', 'info']

/** The highlight that says most when none is chosen: the gravest, the earliest of equals. */
export function gravest(alert: Pick<AlertDetail, 'highlights'>): AlertDetail['highlights'][number] | undefined {
  return [...alert.highlights].sort((a, b) => RANK.indexOf(a.risk) - RANK.indexOf(b.risk) || a.eventDateTime.localeCompare(b.eventDateTime))[0]
}

type EvidenceProps = { alert: AlertDetail; tab: Tab; lit: string; setAddress: ReturnType<typeof useAddress>[1] }

function Evidence({ alert, tab, lit, setAddress }: EvidenceProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<boolean | null>(null)
  const wide = asked ?? tab === 'profile' // a process chain needs the room
  const light = (uuid: string) => setAddress({ uuid: uuid === lit ? undefined : uuid })
  const open = (next: Tab) => setAddress({ tab: next === 'graph' ? undefined : next })
  return (
    <div className="evidence" data-wide={wide}>
      {!wide && <Highlights alert={alert} lit={lit} onLight={light} />}
      <section className="panel evidence-main">
        <Tabs value={tab} onChange={(next) => open((next as Tab) ?? 'graph')} keepMounted={false} className="evidence-tabs">
          <Tabs.List>
            {TABS.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`alert.tab.${one}`)}
                {one === 'notes' && alert.notes.length > 0 && <span className="dim num"> {alert.notes.length}</span>}
              </Tabs.Tab>
            ))}
            <ActionIcon ml="auto" mr={6} mt={4} className="no-print" aria-pressed={wide} aria-label={t('alert.wide')} title={t('alert.wide')} onClick={() => setAsked(!wide)}>
              {wide ? <IconArrowsMinimize size={16} /> : <IconArrowsMaximize size={16} />}
            </ActionIcon>
          </Tabs.List>
          <Tabs.Panel value="graph">
            <Suspense fallback={<Loading />}><CorrelationGraph alertId={alert.id} lit={lit} /></Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="profile"><AlertProfile alert={alert} uuid={lit} /></Tabs.Panel>
          <Tabs.Panel value="respond"><RespondTab alert={alert} /></Tabs.Panel>
          <Tabs.Panel value="connections"><ConnectionsTab highlight={alert.highlights.find((one) => one.uuid === lit) ?? gravest(alert)} /></Tabs.Panel>
          <Tabs.Panel value="events"><EventsTab alert={alert} chosen={lit} onChoose={(uuid) => setAddress({ uuid })} /></Tabs.Panel>
          <Tabs.Panel value="why"><WhyTab alert={alert} onEvent={(uuid) => setAddress({ tab: 'events', uuid })} /></Tabs.Panel>
          <Tabs.Panel value="notes"><NotesTab alert={alert} /></Tabs.Panel>
        </Tabs>
      </section>
    </div>
  )
}

function AlertProfile({ alert, uuid }: { alert: AlertDetail; uuid: string }) {
  const { t } = useTranslation()
  const wanted = uuid || gravest(alert)?.uuid || ''
  const query = useQuery({ ...alertProfileQuery(alert.id, wanted), enabled: wanted !== '' })
  if (wanted === '') return <Empty title={t('profile.empty')} />
  return <Profile query={query} name={`${alert.id}-profile`} />
}
