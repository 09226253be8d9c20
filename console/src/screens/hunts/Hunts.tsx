import { Button, Tabs } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { CheckPoints } from './CheckPoints'
import { Runs } from './Runs'
import { SavedQueries } from './SavedQueries'
import { Today } from './Today'
import { TABS, tabOf } from './view'
import '../models/models.css'
import './hunts.css'

const PARTS = { today: Today, queries: SavedQueries, checkpoints: CheckPoints, runs: Runs }

/** Looking for what no detection told of: today's checks, saved and watched queries, and hunts. */
export function Hunts() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const navigate = useNavigate()
  const may = useMay('investigate')
  const tab = tabOf(address)
  const Part = PARTS[tab]
  usePageTitle(t('nav.hunts'))
  return (
    <div className="page">
      <div className="page-head">
        <h1 className="grow">{t('nav.hunts')}</h1>
        {may && <Button leftSection={<IconPlus size={14} />} onClick={() => void navigate({ to: '/hunts/new', search: {} })}>{t('hunts.new')}</Button>}
      </div>
      <Tabs value={tab} onChange={(next) => setAddress({ tab: next === 'today' || next === null ? undefined : next, state: undefined, query: undefined }, true)} keepMounted={false}>
        <Tabs.List>{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`hunts.tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={tab} className="panel hunts-panel"><Part /></Tabs.Panel>
      </Tabs>
    </div>
  )
}
