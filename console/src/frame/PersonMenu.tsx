import { Button, Menu, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangePassword, useLogOut, useSession } from '../api/session'
import { useNotice } from '../components/Notices'
import { useErrorText } from '../components/States'
import { Password } from '../components/Password'

export function PersonMenu() {
  const { t } = useTranslation()
  const session = useSession()
  const logOut = useLogOut()
  const [changing, { open, close }] = useDisclosure(false)
  if (!session) return null
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Button variant="subtle" color="gray" px={6} leftSection={<IconUserCircle size={18} />}>
            {session.user.name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t(`role.${session.user.role}`, session.user.role)}</Menu.Label>
          <Menu.Item leftSection={<IconLock size={15} />} onClick={open}>
            {t('person.changePassword')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => logOut.mutate()}>
            {t('person.logOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={changing} onClose={close} title={<strong>{t('person.changePassword')}</strong>}>
        <PasswordForm onDone={close} />
      </Modal>
    </>
  )
}

/** The least length the server takes. */
const LEAST = 12

function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const change = useChangePassword()
  const [words, setWords] = useState({ old: '', new: '', again: '' })
  const short = words.new !== '' && words.new.length < LEAST
  const differs = words.again !== '' && words.again !== words.new
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { old: words.old, new: words.new },
      {
        onSuccess: () => {
          notice.tell(t('person.passwordChanged'))
          onDone()
        },
      },
    )
  }
  const set = (key: keyof typeof words) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setWords((old) => ({ ...old, [key]: value }))
  }
  return (
    <form onSubmit={submit} className="col">
      <Password label={t('person.oldPassword')} value={words.old} onChange={set('old')} autoComplete="current-password" data-autofocus required />
      <Password
        label={t('person.newPassword')}
        value={words.new}
        onChange={set('new')}
        autoComplete="new-password"
        error={short ? t('person.passwordShort', { least: LEAST }) : null}
        required
      />
      <Password
        label={t('person.againPassword')}
        value={words.again}
        onChange={set('again')}
        autoComplete="new-password"
        error={differs ? t('person.passwordDiffers') : null}
        required
      />
      {change.isError && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{errorText(change.error)}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onDone}>{t('action.cancel')}</Button>
        <Button type="submit" loading={change.isPending} disabled={short || words.again !== words.new || words.new === ''}>
          {t('person.changePassword')}
        </Button>
      </div>
    </form>
  )
}
