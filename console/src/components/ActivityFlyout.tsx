import { ActionIcon, Button } from '@mantine/core'
import { IconSitemap, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { activityQuery, type ProcessKey } from '../api/profile'
import { WhyHere } from './explain/WhyHere'
import { ConnectionsHere } from './Connections'
import { valueText } from './FieldList'
import { Moment } from './Moment'
import { ObjectScope } from './ObjectMenu'
import { RecordView } from './RecordView'
import { hostOf } from './response/wish'

type Props = {
  uuid: string
  timeMs?: number | undefined
  title: ReactNode
  /** The filter that the activity met, and the detection, where the list is of detections. */
  filter?: { id: string; title: string }
  detection?: string
  children?: ReactNode
  /** Room for the record beside the fields. */
  wide?: boolean
  onClose: () => void
}

/** One activity beside a list: its fields, its record, and the way to its execution profile. */
export function ActivityFlyout({ uuid, timeMs, title, filter, detection, children, wide = false, onClose }: Props) {
  const { t } = useTranslation()
  const fields = useQuery(activityQuery(uuid, timeMs)).data?.fields
  const key = fields && processOf(fields)
  const host = fields && hostOf(fields)
  return (
    <aside className={`panel flyout flyout-activity${wide ? ' flyout-wide' : ''}`} aria-label={t('record.title')} style={{ flex: 'none' }}>
      <div className="flyout-head">
        <div className="grow">
          <h2>{title}</h2>
          {timeMs !== undefined && <span className="dim"><Moment at={timeMs} /></span>}
        </div>
        {key && (
          <Button variant="default" leftSection={<IconSitemap size={14} />} renderRoot={(props) => <Link to="/profile" search={{ ...key }} {...props} />}>
            {t('menu.profile')}
          </Button>
        )}
        <ActionIcon aria-label={t('action.close')} onClick={onClose}>
          <IconX size={17} />
        </ActionIcon>
      </div>
      <ObjectScope endpoint={host}>
        <div className="flyout-scroll">
          {children}
          <WhyHere key={`${uuid} ${filter?.id ?? ''}`} uuid={uuid} timeMs={timeMs} filter={filter} detection={detection} />
          {host?.guid && timeMs !== undefined && <ConnectionsHere guid={host.guid} at={timeMs} />}
          <RecordView uuid={uuid} timeMs={timeMs} />
        </div>
      </ObjectScope>
    </aside>
  )
}

/** The process an activity is about: the one started, else the one that acted. */
export function processOf(fields: Record<string, unknown>): ProcessKey | null {
  const endpointGuid = valueText(fields.endpointGuid)
  const hashId = valueText(fields.objectProcessHashId) || valueText(fields.processHashId)
  const pid = valueText(fields.objectPid) || valueText(fields.processPid)
  if (!endpointGuid || (!hashId && !pid)) return null
  const at = typeof fields.eventTime === 'number' ? { at: new Date(fields.eventTime).toISOString() } : {}
  return { endpointGuid, ...(hashId ? { hashId } : { pid }), ...at }
}
