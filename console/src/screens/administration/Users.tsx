import { Button, Modal, Select, Switch, TextInput } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useUserChanges, usersQuery } from '../../api/administration'
import { useSession } from '../../api/session'
import type { UserRow } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { Empty, Failed, Loading, useErrorText } from '../../components/States'
import { Password } from '../../components/Password'
import { usePageTitle } from '../../frame/Frame'
import { ROLES, useRoleOptions } from './roles'

export function Users() {
  const { t } = useTranslation()
  const users = useQuery(usersQuery)
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<UserRow | null>(null)
  const [locking, setLocking] = useState<UserRow | null>(null)
  const columns = useColumns(setLeaving, setLocking)
  usePageTitle(t('nav.users'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('nav.users')}</h1>
        <span className="grow" />
        <Button leftSection={<IconUserPlus size={15} />} onClick={() => setAdding(true)}>{t('users.add')}</Button>
      </div>
      <div className="split">
        <section className="panel">
          {users.isPending && <Loading />}
          {users.isError && <Failed error={users.error} onRetry={() => void users.refetch()} />}
          {users.data?.items.length === 0 && <Empty title={t('users.empty')} />}
          {users.data && users.data.items.length > 0 && <DataTable label={t('nav.users')} rows={users.data.items} columns={columns} rowKey={(row) => row.name} />}
        </section>
      </div>
      <AddDialog opened={adding} onClose={() => setAdding(false)} />
      <RemoveDialog user={leaving} onClose={() => setLeaving(null)} />
      <PasswordDialog key={locking?.name} user={locking} onClose={() => setLocking(null)} />
    </div>
  )
}

function useColumns(onRemove: (user: UserRow) => void, onPassword: (user: UserRow) => void): Column<UserRow>[] {
  const { t } = useTranslation()
  const me = useSession()?.user.name
  const columns: Column<UserRow>[] = [
    { key: 'name', header: t('column.name'), cell: (row) => <strong>{row.name}</strong> },
    { key: 'role', header: t('users.role'), width: '220px', cell: (row) => <RoleSelect user={row} disabled={row.name === me} /> },
    { key: 'enabled', header: t('users.enabled'), width: '110px', cell: (row) => <EnabledSwitch user={row} disabled={row.name === me} /> },
    { key: 'created', header: t('column.created'), width: '170px', cell: (row) => <Moment at={row.createdDateTime} /> },
    { key: 'last', header: t('users.lastLogin'), width: '180px', cell: (row) => <Moment at={row.lastLoginDateTime} /> },
    {
      key: 'tools',
      header: '',
      width: '230px',
      cell: (row) => (
        <span className="row tight">
          <Button variant="subtle" color="gray" onClick={() => onPassword(row)}>{t('users.setPassword')}</Button>
          <Button variant="subtle" color="red" disabled={row.name === me} onClick={() => onRemove(row)}>{t('action.delete')}</Button>
        </span>
      ),
    },
  ]
  return columns
}

function RoleSelect({ user, disabled }: { user: UserRow; disabled: boolean }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const options = useRoleOptions()
  const { change } = useUserChanges()
  return (
    <Select
      aria-label={t('users.roleOf', { name: user.name })}
      data={options}
      value={user.role}
      disabled={disabled || change.isPending}
      onChange={(role) => role && role !== user.role && change.mutate({ name: user.name, role }, { onError: (error) => notice.warn(errorText(error)) })}
    />
  )
}

/** Whether the person may log in. */
function EnabledSwitch({ user, disabled }: { user: UserRow; disabled: boolean }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { change } = useUserChanges()
  return (
    <Switch
      checked={user.enabled}
      disabled={disabled || change.isPending}
      aria-label={t('users.enabledOf', { name: user.name })}
      onChange={(event) => change.mutate({ name: user.name, enabled: event.currentTarget.checked }, { onError: (error) => notice.warn(errorText(error)) })}
    />
  )
}

function AddDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const options = useRoleOptions()
  const { add } = useUserChanges()
  const [user, setUser] = useState({ name: '', role: ROLES[2] as string, password: '' })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(user, {
      onSuccess: () => {
        setUser({ name: '', role: ROLES[2] as string, password: '' })
        onClose()
      },
    })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{t('users.add')}</strong>}>
      <form className="col" onSubmit={submit}>
        <TextInput label={t('login.user')} value={user.name} onChange={(event) => setUser({ ...user, name: event.currentTarget.value })} required data-autofocus autoComplete="off" />
        <Select label={t('users.role')} data={options} value={user.role} onChange={(role) => setUser({ ...user, role: role ?? user.role })} />
        <Password size="xs" label={t('login.password')} value={user.password} onChange={(event) => setUser({ ...user, password: event.currentTarget.value })} description={t('person.passwordShort', { least: 12 })} required autoComplete="new-password" />
        {add.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{errorText(add.error)}</p>}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" loading={add.isPending}>{t('users.add')}</Button>
        </div>
      </form>
    </Modal>
  )
}

function RemoveDialog({ user, onClose }: { user: UserRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { remove } = useUserChanges()
  return (
    <Confirm
      opened={user !== null}
      danger
      title={t('users.removeTitle')}
      message={t('users.removeMessage')}
      target={<strong>{user?.name}</strong>}
      confirm={t('action.delete')}
      busy={remove.isPending}
      onConfirm={() => user && remove.mutate(user.name, { onSuccess: onClose, onError: (error) => notice.warn(errorText(error)) })}
      onCancel={onClose}
    />
  )
}

function PasswordDialog({ user, onClose }: { user: UserRow | null; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { change } = useUserChanges()
  const [password, setPassword] = useState('')
  const run = () =>
    user &&
    change.mutate(
      { name: user.name, password },
      {
        onSuccess: () => {
          notice.tell(t('users.passwordSet', { name: user.name }))
          onClose()
        },
        onError: (error) => notice.warn(errorText(error)),
      },
    )
  return (
    <Confirm opened={user !== null} title={t('users.setPassword')} message={t('users.setPasswordMessage')} target={<strong>{user?.name}</strong>} confirm={t('users.setPassword')} busy={change.isPending} onConfirm={() => void run()} onCancel={onClose}>
      <Password size="xs" label={t('person.newPassword')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="new-password" />
    </Confirm>
  )
}
