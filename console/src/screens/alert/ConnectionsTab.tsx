import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { activityQuery } from '../../api/profile'
import type { Highlight } from '../../api/shapes'
import { Connections } from '../../components/Connections'
import { valueText } from '../../components/FieldList'
import { Empty, Failed, Loading } from '../../components/States'

/** Where the host of a highlight connected to around it. */
export function ConnectionsTab({ highlight }: { highlight: Highlight | undefined }) {
  const { t } = useTranslation()
  const at = Date.parse(highlight?.eventDateTime ?? '')
  const activity = useQuery({ ...activityQuery(highlight?.uuid ?? '', at), enabled: highlight !== undefined })
  if (!highlight) return <Empty title={t('entity.noConnections')} />
  if (activity.isPending) return <Loading lines={5} />
  if (activity.isError) return <Failed error={activity.error} onRetry={() => void activity.refetch()} />
  const guid = valueText(activity.data.fields.endpointGuid)
  return guid ? <Connections guid={guid} at={at} /> : <Empty title={t('entity.noConnections')} />
}
