import { useTranslation } from 'react-i18next'
import { PageTab } from '../../components/PageTab'

/** The lists of Detection Model Management, side by side. */
export function ContentTabs() {
  const { t } = useTranslation()
  return (
    <nav className="content-tabs" aria-label={t('content.lists')}>
      <PageTab to="/models" name={t('content.models')} />
      <PageTab to="/filters" name={t('content.filters')} />
      <PageTab to="/exceptions" name={t('nav.exceptions')} />
    </nav>
  )
}
