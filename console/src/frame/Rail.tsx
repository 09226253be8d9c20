import { Link, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session'
import { PHASES, type Destination } from './destinations'
import { Mark } from './Mark'
import { SimulationMenu } from './SimulationMenu'

/** The left rail: where one can go, by phase of the work. */
export function Rail() {
  const { t } = useTranslation()
  const session = useSession()
  const may = (one: Destination) => !one.permission || (session?.user.permissions.includes(one.permission) ?? false)
  return (
    <nav className="frame-rail" aria-label={t('frame.navigation')}>
      <Link to="/workbench" className="rail-brand" aria-label="Hinomi">
        <Mark size={26} />
        <span className="rail-name">Hinomi</span>
        <span className="rail-name-ja" lang="ja">火の見</span>
      </Link>
      {PHASES.map((phase) => {
        const shown = phase.destinations.filter(may)
        if (shown.length === 0) return null
        return (
          <section key={phase.key} aria-labelledby={`phase-${phase.key}`}>
            <h2 id={`phase-${phase.key}`}>{t(`phase.${phase.key}`)}</h2>
            {shown.map((one) => (
              <RailLink key={one.key} destination={one} />
            ))}
          </section>
        )
      })}
      <SimulationMenu />
      <footer className="rail-foot num">
        <span>{session?.org}</span>
        <span>{session?.version && `v${session.version}`}</span>
      </footer>
    </nav>
  )
}

function RailLink({ destination }: { destination: Destination }) {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const active = [destination.prefix, ...(destination.also ?? [])].some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  const Icon = destination.icon
  return (
    <Link to={destination.to} className="rail-link" aria-current={active ? 'page' : undefined} title={t(`nav.${destination.key}`)}>
      <Icon size={17} stroke={1.7} aria-hidden />
      <span>{t(`nav.${destination.key}`)}</span>
    </Link>
  )
}
