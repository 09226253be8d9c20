import { Link, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import './models.css'

/** The lists of Detection Model Management, side by side. */
export function ContentTabs() {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const tab = (to: '/models' | '/filters' | '/exceptions', name: string) => (
    <Link to={to} className="content-tab" aria-current={path === to ? 'page' : undefined}>{name}</Link>
  )
  return (
    <nav className="content-tabs" aria-label={t('content.lists')}>
      {tab('/models', t('content.models'))}
      {tab('/filters', t('content.filters'))}
      {tab('/exceptions', t('nav.exceptions'))}
    </nav>
  )
}
