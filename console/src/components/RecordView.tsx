import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { activityQuery } from '../api/profile'
import type { ActivityDetail } from '../api/shapes'
import { AddressMark } from './AddressMark'
import { CopyIcon, FieldList, typeOfField, valueText, type NamedValue } from './FieldList'
import { Prevalence } from './Prevalence'
import { Failed, Loading } from './States'
import { usePrevalence } from './usePrevalence'
import './record.css'

/** One activity: the mapped fields beside the record as it came, both as text and never as HTML. */
export function RecordView({ uuid, timeMs }: { uuid: string; timeMs?: number | undefined }) {
  const { t } = useTranslation()
  const activity = useQuery(activityQuery(uuid, timeMs))
  if (activity.isPending) return <Loading lines={6} />
  if (activity.isError) return <Failed error={activity.error} onRetry={() => void activity.refetch()} />
  const { record, recordFile, recordNumber } = activity.data
  const raw = typeof record === 'string' ? record : JSON.stringify(record, null, 2)
  return (
    <div className="record">
      <section aria-label={t('record.mapped')}>
        <h4 className="section-title">{t('record.mapped')}</h4>
        <Mapped activity={activity.data} />
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

/** The fields with what they hide, whose address it is, and how common the files, addresses and names are. */
function Mapped({ activity }: { activity: ActivityDetail }) {
  const present = Object.entries(activity.fields).filter(([field, value]) => field !== 'rawDataStr' && value !== null && value !== '')
  const seen = usePrevalence(present)
  const fields = present.map(([field, value]): NamedValue => {
    const text = valueText(value)
    const isAddress = typeOfField(field) === 'address' && !Array.isArray(value)
    return { field, value, decoded: activity.decoded?.[field], more: <>{isAddress && <AddressMark address={text} asset={activity.assets?.[text]} />}<Prevalence seen={seen(field, text)} /></> }
  })
  return <FieldList fields={fields} />
}
