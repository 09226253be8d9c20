import { Button } from '@mantine/core'
import { IconPlayerPlay, IconRotate, IconUserPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMay, useSession } from '../api/session'
import { useChangeAlert } from '../api/workbench'
import type { AlertChanges, AlertRow } from '../api/shapes'
import { CloseMenu } from './Closing'
import { useNotice } from './Notices'
import { useErrorText } from './States'

/** Status, finding and owner of one alert: each at most two clicks away. */
export function AlertControls({ alert }: { alert: AlertRow }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const may = useMay('investigate')
  const me = useSession()?.user.name ?? ''
  const mutation = useChangeAlert()
  if (!may) return null
  const apply = (changes: AlertChanges) =>
    mutation.mutate(
      { id: alert.id, etag: alert.etag, changes },
      {
        onSuccess: () => notice.tell(t('alert.changed', { id: alert.id })),
        onError: (error) => notice.warn(errorText(error)),
      },
    )
  const busy = mutation.isPending
  return (
    <span className="row wrap no-print">
      {alert.owner !== me && (
        <Button variant="default" leftSection={<IconUserPlus size={15} />} disabled={busy} onClick={() => apply({ owner: me })}>
          {t('workbench.assignMe')}
        </Button>
      )}
      {alert.status === 'Open' && (
        <Button variant="default" leftSection={<IconPlayerPlay size={15} />} disabled={busy} onClick={() => apply({ status: 'In Progress' })}>
          {t('workbench.start')}
        </Button>
      )}
      {alert.status === 'Closed' ? (
        <Button variant="default" leftSection={<IconRotate size={15} />} disabled={busy} onClick={() => apply({ status: 'Open', investigationResult: 'No Findings' })}>
          {t('workbench.reopen')}
        </Button>
      ) : (
        <CloseMenu label={t('close.label')} busy={busy} onClose={apply} />
      )}
    </span>
  )
}
