import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  opened: boolean
  title: string
  /** What will happen, in one sentence. */
  message: ReactNode
  /** What it will happen to: always shown. */
  target: ReactNode
  confirm: string
  busy?: boolean
  danger?: boolean
  onConfirm: () => void
  onCancel: () => void
  children?: ReactNode
}

/** Asks before what cannot be undone, and names its target. */
export function Confirm({ opened, title, message, target, confirm, busy, danger, onConfirm, onCancel, children }: Props) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onCancel} title={<strong>{title}</strong>} size="md">
      <div className="col">
        <p style={{ margin: 0 }}>{message}</p>
        <div className="panel panel-body" style={{ background: 'var(--h-panel-2)' }}>{target}</div>
        {children}
        <div className="row" style={{ justifyContent: 'flex-end', marginTop: 6 }}>
          <Button variant="default" onClick={onCancel}>{t('action.cancel')}</Button>
          <Button {...(danger ? { color: 'red.9' } : {})} loading={busy ?? false} onClick={onConfirm} data-autofocus>
            {confirm}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
