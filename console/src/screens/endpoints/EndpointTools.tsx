import { Button, Menu, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointChanges } from '../../api/endpoints'
import type { EndpointRow } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'

type Asking = 'group' | 'revoke' | 'remove' | null

/** What an administrator does with an endpoint: its group, and the end of its sensor's identity. */
export function EndpointTools({ endpoint }: { endpoint: EndpointRow }) {
  const { t } = useTranslation()
  const may = useMay('administer')
  const navigate = useNavigate()
  const outcome = useOutcome()
  const changes = useEndpointChanges()
  const [asking, setAsking] = useState<Asking>(null)
  const [group, setGroup] = useState(endpoint.group)
  if (!may) return null
  const close = () => setAsking(null)
  const after = (told: string, then?: () => void) =>
    outcome<unknown>(told, {
      onDone: () => {
        close()
        then?.()
      },
    })
  const target = <strong>{endpoint.name} <span className="mono dim">{endpoint.ips.join(', ')}</span></strong>
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>{t('endpoints.more')}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsking('group')}>{t('endpoints.changeGroup')}</Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/endpoints/policies', search: endpoint.group ? { group: endpoint.group } : {} })}>{t('endpoints.itsPolicy')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" disabled={endpoint.revoked} onClick={() => setAsking('revoke')}>{t('endpoints.revoke')}</Menu.Item>
          <Menu.Item color="red" onClick={() => setAsking('remove')}>{t('endpoints.remove')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={asking === 'group'} title={t('endpoints.changeGroup')} message={t('endpoints.groupMessage')} target={target} confirm={t('action.save')} busy={changes.group.isPending} onCancel={close} onConfirm={() => changes.group.mutate({ guid: endpoint.guid, group: group.trim() }, after(t('endpoints.groupChanged')))}>
        <TextInput label={t('respond.office')} value={group} onChange={(event) => setGroup(event.currentTarget.value)} maxLength={64} />
      </Confirm>
      <Confirm opened={asking === 'revoke'} danger title={t('endpoints.revokeTitle')} message={t('endpoints.revokeMessage')} target={target} confirm={t('endpoints.revoke')} busy={changes.revoke.isPending} onCancel={close} onConfirm={() => changes.revoke.mutate(endpoint.guid, after(t('endpoints.revokedDone', { name: endpoint.name })))} />
      <Confirm opened={asking === 'remove'} danger title={t('endpoints.removeTitle')} message={t('endpoints.removeMessage')} target={target} confirm={t('endpoints.remove')} busy={changes.remove.isPending} onCancel={close} onConfirm={() => changes.remove.mutate(endpoint.guid, after(t('endpoints.removed', { name: endpoint.name }), () => void navigate({ to: '/endpoints', search: {} })))} />
    </>
  )
}
