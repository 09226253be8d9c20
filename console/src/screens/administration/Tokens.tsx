import { Button, Modal, Select, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { tokensQuery, useTokenChanges } from '../../api/administration'
import type { TokenRow } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { CopyIcon } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { Empty, Failed, Loading, useErrorText } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useRoleOptions } from './roles'

/** Keys for programs: shown once when made, revoked with a click. */
export function Tokens() {
  const { t } = useTranslation()
  const tokens = useQuery(tokensQuery)
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<TokenRow | null>(null)
  const columns = useColumns(setLeaving)
  usePageTitle(t('nav.tokens'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.tokens')}</h1>
        <span className="grow" />
        <Button leftSection={<IconKey size={15} />} onClick={() => setAdding(true)}>{t('tokens.add')}</Button>
      </div>
      <div className="split">
        <section className="panel">
          {tokens.isPending && <Loading />}
          {tokens.isError && <Failed error={tokens.error} onRetry={() => void tokens.refetch()} />}
          {tokens.data?.items.length === 0 && <Empty title={t('tokens.empty')}><p>{t('tokens.emptyHelp')}</p></Empty>}
          {tokens.data && tokens.data.items.length > 0 && <DataTable label={t('nav.tokens')} rows={tokens.data.items} columns={columns} rowKey={(row) => row.id} />}
        </section>
      </div>
      <Modal opened={adding} onClose={() => setAdding(false)} title={<strong>{t('tokens.add')}</strong>}>
        {adding && <AddForm onClose={() => setAdding(false)} />}
      </Modal>
      <RemoveDialog token={leaving} onClose={() => setLeaving(null)} />
    </div>
  )
}

function useColumns(onRemove: (token: TokenRow) => void): Column<TokenRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', header: t('column.name'), cell: (row) => <strong>{row.name}</strong> },
    { key: 'role', header: t('users.role'), width: '160px', cell: (row) => t(`role.${row.role}`, row.role) },
    { key: 'created', header: t('column.created'), width: '180px', cell: (row) => <Moment at={row.createdDateTime} /> },
    { key: 'expires', header: t('tokens.expires'), width: '180px', cell: (row) => <Moment at={row.expiresDateTime} /> },
    { key: 'used', header: t('tokens.lastUsed'), width: '180px', cell: (row) => <Moment at={row.lastUsedDateTime} /> },
    { key: 'tools', header: '', width: '110px', cell: (row) => <Button variant="subtle" color="red" onClick={() => onRemove(row)}>{t('tokens.revoke')}</Button> },
  ]
}

function AddForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const options = useRoleOptions()
  const { add } = useTokenChanges()
  const [name, setName] = useState('')
  const [role, setRole] = useState('siem')
  if (add.data) {
    return (
      <div className="col">
        <p style={{ margin: 0 }}>{t('tokens.once')}</p>
        <div className="panel panel-body mono row" style={{ overflowWrap: 'anywhere' }}>
          <span className="grow" data-testid="new-token">{add.data.token}</span>
          <CopyIcon text={add.data.token} />
        </div>
        <div className="row" style={{ justifyContent: 'flex-end' }}><Button onClick={onClose}>{t('action.close')}</Button></div>
      </div>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ name: name.trim(), role })
  }
  return (
    <form className="col" onSubmit={submit}>
      <TextInput label={t('column.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus autoComplete="off" />
      <Select label={t('users.role')} data={options} value={role} onChange={(next) => setRole(next ?? role)} />
      {add.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{errorText(add.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" loading={add.isPending}>{t('tokens.add')}</Button>
      </div>
    </form>
  )
}

function RemoveDialog({ token, onClose }: { token: TokenRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { remove } = useTokenChanges()
  return (
    <Confirm
      opened={token !== null}
      danger
      title={t('tokens.revokeTitle')}
      message={t('tokens.revokeMessage')}
      target={<><strong>{token?.name}</strong> <span className="dim">{token && t(`role.${token.role}`, token.role)}</span></>}
      confirm={t('tokens.revoke')}
      busy={remove.isPending}
      onConfirm={() => token && remove.mutate(token.id, { onSuccess: onClose, onError: (error) => notice.warn(errorText(error)) })}
      onCancel={onClose}
    />
  )
}
