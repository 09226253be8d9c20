import { Tabs } from '@mantine/core'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { AlertsTab } from './AlertsTab'
import { IncidentsTab } from './IncidentsTab'
import { SummaryStrip } from './SummaryStrip'
import { readView, writeView, type View } from './view'
import './workbench.css'

export type ChangeView = (changes: Partial<View>, push?: boolean) => void

/** The Workbench: alerts, or the incidents they join to. */
export function Workbench() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const change: ChangeView = useCallback(
    (changes, push) => setAddress(writeView({ ...readView(address), ...changes }), push),
    [address, setAddress],
  )
  usePageTitle(t('nav.workbench'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.workbench')}</h1>
        <span className="grow" />
        <SummaryStrip onView={change} />
      </div>
      <Tabs
        value={view.tab}
        onChange={(tab) => change({ tab: tab === 'incidents' ? 'incidents' : 'alerts', cursor: '', flyout: false, order: { by: 'score', direction: 'desc' } }, true)}
      >
        <Tabs.List>
          <Tabs.Tab value="alerts">{t('workbench.tab.alerts')}</Tabs.Tab>
          <Tabs.Tab value="incidents">{t('workbench.tab.incidents')}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {view.tab === 'alerts' ? <AlertsTab view={view} change={change} /> : <IncidentsTab view={view} change={change} />}
    </div>
  )
}
