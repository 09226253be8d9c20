import { useTranslation } from 'react-i18next'
import { PageTab } from '../../components/PageTab'

/** What is blocked, and what never is. */
export function BlockTabs() {
  const { t } = useTranslation()
  return (
    <nav className="content-tabs" aria-label={t('nav.blockList')}>
      <PageTab to="/block-list" name={t('blockList.tab.list')} />
      <PageTab to="/block-list/exceptions" name={t('blockList.tab.exceptions')} />
    </nav>
  )
}
