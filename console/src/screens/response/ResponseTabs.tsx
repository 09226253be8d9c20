import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listTasks } from '../../api/response'
import { useMay } from '../../api/session'
import { PageTab } from '../../components/PageTab'

/** The pages of Response Management, side by side; the inbox says how many wait. */
export function ResponseTabs() {
  const { t } = useTranslation()
  const mayAudit = useMay('audit')
  const waiting = useQuery({
    queryKey: ['response', 'waiting'],
    queryFn: ({ signal }) => listTasks({ state: 'pending_approval', top: 1 }, signal),
    refetchInterval: 15_000,
  }).data?.totalCount
  return (
    <nav className="content-tabs" aria-label={t('nav.response')}>
      <PageTab to="/response" name={t('response.tab.tasks')} />
      <PageTab to="/response/approvals" name={t('response.tab.approvals')} count={waiting} />
      {mayAudit && <PageTab to="/response/shells" name={t('response.tab.shells')} />}
      <PageTab to="/response/policy" name={t('response.tab.policy')} />
    </nav>
  )
}
