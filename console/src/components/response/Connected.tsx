import { IconPlugConnected, IconPlugConnectedX, IconShieldLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { EndpointRow } from '../../api/responseShapes'
import { momentText } from '../Moment'

/** Whether the sensor is on line, as word, shape and colour. */
export function Connected({ endpoint }: { endpoint: Pick<EndpointRow, 'connected' | 'lastSeen' | 'revoked'> }) {
  const { t } = useTranslation()
  const seen = endpoint.lastSeen ? t('endpoints.seen', { at: momentText(endpoint.lastSeen) }) : ''
  if (endpoint.revoked) return <span className="badge badge-bad">{t('endpoints.revoked')}</span>
  return endpoint.connected ? (
    <span className="badge badge-ok" title={seen}><IconPlugConnected size={12} aria-hidden />{t('endpoints.online')}</span>
  ) : (
    <span className="badge badge-warn" title={seen}><IconPlugConnectedX size={12} aria-hidden />{t('endpoints.offline')}</span>
  )
}

/** Whether the host is cut off; nothing where it is not. */
export function Isolation({ state }: { state: string }) {
  const { t } = useTranslation()
  if (!state || state === 'off') return <span className="dim">{t('endpoints.isolation.off')}</span>
  return <span className={`badge ${state === 'on' ? 'badge-bad' : 'badge-warn'}`}><IconShieldLock size={12} aria-hidden />{t(`endpoints.isolation.${state === 'on' ? 'on' : 'pending'}`)}</span>
}
