import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { listAlerts } from '../../api/workbench'
import { Empty } from '../../components/States'
import { alertQueryOf, DEFAULTS, type View } from './view'
import type { ChangeView } from './Workbench'

/** An empty list says why it is empty: older alerts outside the window, filters that hide them, or nothing at all. */
export function NoAlerts({ view, change }: { view: View; change: ChangeView }) {
  const { t } = useTranslation()
  const older = useCount({ ...view, created: 'all' }, view.created !== 'all')
  const any = useCount({ ...DEFAULTS, statuses: ['Open', 'In Progress', 'Closed'], created: 'all' }, true)
  if (older > 0) {
    return (
      <Empty title={t('workbench.emptyWindow', { window: t(`created.${view.created}`) })}>
        <p>{t('workbench.olderExist', { count: older })}</p>
        <Button onClick={() => change({ created: 'all' }, true)}>{t('workbench.showOlder', { count: older })}</Button>
      </Empty>
    )
  }
  if (any > 0) {
    return (
      <Empty title={t('workbench.emptyFiltered')}>
        <p>{t('workbench.hiddenExist', { count: any })}</p>
        <Button variant="default" onClick={() => change({ ...DEFAULTS, created: 'all', statuses: ['Open', 'In Progress', 'Closed'] }, true)}>{t('workbench.showAll')}</Button>
      </Empty>
    )
  }
  return (
    <Empty title={t('workbench.emptyEver')}>
      <p>{t('workbench.emptyEverHelp')}</p>
      <code className="mono">hinomi import PATH</code>
      <p>{t('workbench.emptyEverTry')} <Link to="/simulations/workbench">{t('simulation.title')}</Link></p>
    </Empty>
  )
}

function useCount(view: View, enabled: boolean): number {
  const query = { ...alertQueryOf(view), top: 1 }
  const found = useQuery({ queryKey: ['workbench', 'count', query], queryFn: ({ signal }) => listAlerts(query, signal), enabled })
  return found.data?.totalCount ?? found.data?.items.length ?? 0
}
