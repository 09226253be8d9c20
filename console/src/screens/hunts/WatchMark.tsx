import { IconAlertTriangle, IconEye, IconEyePause } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Watch } from '../../api/huntShapes'
import { useSpan } from '../../components/Moment'
import { useText } from '../../i18n'

/** How often a query is watched, and whether the last look failed. */
export function WatchMark({ watch }: { watch: Watch | null }) {
  const { t } = useTranslation()
  const span = useSpan()
  const text = useText()
  if (!watch) return null
  const every = t('hunts.everySpan', { span: span(watch.everyMinutes * 60) })
  if (!watch.isActive) return <span className="badge"><IconEyePause size={12} aria-hidden />{t('hunts.paused')}</span>
  return (
    <span className={`badge ${watch.lastError ? 'badge-bad' : 'badge-ok'}`} title={text(watch.lastError) || undefined}>
      {watch.lastError ? <IconAlertTriangle size={12} aria-hidden /> : <IconEye size={12} aria-hidden />}
      {every}
    </span>
  )
}
