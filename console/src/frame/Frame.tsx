import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ObjectMenuProvider } from '../components/ObjectMenu'
import { RespondProvider } from '../components/response/RespondProvider'
import { KeyHelp } from './KeyHelp'
import { Rail } from './Rail'
import { TopBar } from './TopBar'
import './frame.css'

/** What stays while the screens change. */
export function Frame() {
  const { t } = useTranslation()
  return (
    <RespondProvider>
      <ObjectMenuProvider>
        <a className="skip-link" href="#main">{t('frame.skip')}</a>
        <div className="frame">
          <Rail />
          <TopBar />
          <main id="main" className="frame-main" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        <KeyHelp />
      </ObjectMenuProvider>
    </RespondProvider>
  )
}

/** Names the page in the browser's tab. */
export function usePageTitle(title: string): void {
  const path = useRouterState({ select: (state) => state.location.pathname })
  useEffect(() => {
    document.title = title ? `${title} · Hinomi` : 'Hinomi'
  }, [title, path])
}
