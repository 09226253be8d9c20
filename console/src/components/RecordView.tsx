import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { activityQuery } from '../api/profile'
import { CopyIcon, FieldList } from './FieldList'
import { Failed, Loading } from './States'
import './record.css'

/** One activity: the mapped fields beside the record as it came, both as text and never as HTML. */
export function RecordView({ uuid, timeMs }: { uuid: string; timeMs?: number | undefined }) {
  const { t } = useTranslation()
  const activity = useQuery(activityQuery(uuid, timeMs))
  if (activity.isPending) return <Loading lines={6} />
  if (activity.isError) return <Failed error={activity.error} onRetry={() => void activity.refetch()} />
  const { fields, record, recordFile, recordNumber } = activity.data
  const raw = typeof record === 'string' ? record : JSON.stringify(record, null, 2)
  const mapped = Object.entries(fields)
    .filter(([field, value]) => field !== 'rawDataStr' && value !== null && value !== '')
    .map(([field, value]) => ({ field, value }))
  return (
    <div className="record">
      <section aria-label={t('record.mapped')}>
        <h4 className="section-title">{t('record.mapped')}</h4>
        <FieldList fields={mapped} />
      </section>
      <section aria-label={t('record.raw')}>
        <h4 className="section-title row">
          {t('record.raw')}
          <CopyIcon text={raw} />
        </h4>
        {recordFile && <p className="dim mono" style={{ margin: '0 0 6px' }}>{recordFile}{recordNumber !== null && recordNumber !== undefined ? ` #${recordNumber}` : ''}</p>}
        <pre className="raw-record" tabIndex={0}>{raw}</pre>
      </section>
    </div>
  )
}
