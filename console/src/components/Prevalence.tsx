import { useTranslation } from 'react-i18next'
import type { Prevalence as Seen } from '../api/entityShapes'
import { Moment } from './Moment'

/** On how many endpoints a value was seen, and since when. What one endpoint alone has stands out. */
export function Prevalence({ seen }: { seen: Seen | undefined }) {
  const { t } = useTranslation()
  if (!seen) return null
  const rare = seen.endpoints <= 1
  return (
    <span className={`prevalence num${rare ? ' rare' : ''}`}>
      {t('check.onEndpoints', { endpoints: seen.endpoints, of: seen.of })}
      {seen.firstSeen !== null && <> · {t('check.firstSeen')} <Moment short at={seen.firstSeen} /></>}
    </span>
  )
}
