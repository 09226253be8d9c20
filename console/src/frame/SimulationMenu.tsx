import { Menu } from '@mantine/core'
import { IconBellRinging, IconFlask2 } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** At the foot of the rail: Simulation, Workbench, Try simulation. */
export function SimulationMenu() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <div className="rail-simulation">
      <Menu position="right-end" width={230}>
        <Menu.Target>
          <button type="button" className="plain rail-link" title={t('nav.simulation')}>
            <IconFlask2 size={17} stroke={1.7} aria-hidden />
            <span>{t('nav.simulation')}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Sub>
            <Menu.Sub.Target><Menu.Sub.Item leftSection={<IconBellRinging size={15} />}>{t('nav.workbench')}</Menu.Sub.Item></Menu.Sub.Target>
            <Menu.Sub.Dropdown><Menu.Item onClick={() => void navigate({ to: '/simulations/workbench', search: {} })}>{t('simulation.try')}</Menu.Item></Menu.Sub.Dropdown>
          </Menu.Sub>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
