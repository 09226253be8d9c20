import { Button, Menu, Modal, Textarea } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertChanges, Finding } from '../api/shapes'
import { wordKey } from './Status'

type Way = { key: string; finding: Finding; reasons: string[]; mustSayWhy: boolean }

// Each way to close offers usual reasons, so that two clicks are enough; a false positive always needs its reason.
const WAYS: Way[] = [
  { key: 'benign', finding: 'Benign True Positive', reasons: ['administration', 'test', 'knownSoftware'], mustSayWhy: false },
  { key: 'false', finding: 'False Positive', reasons: ['harmlessFile', 'filterTooWide'], mustSayWhy: true },
  { key: 'true', finding: 'True Positive', reasons: ['contained', 'remedied'], mustSayWhy: false },
  { key: 'noteworthy', finding: 'Noteworthy', reasons: [], mustSayWhy: false },
  { key: 'other', finding: 'Other Findings', reasons: [], mustSayWhy: false },
]

type Props = { label: string; onClose: (changes: AlertChanges) => void; busy?: boolean; disabled?: boolean; opened?: boolean; onOpened?: (opened: boolean) => void; compact?: boolean }

/** "Close as ...": one click opens the ways, the second closes with the reason that stands beside it. */
export function CloseMenu({ label, onClose, busy = false, disabled = false, opened, onOpened, compact = false }: Props) {
  const { t } = useTranslation()
  const [writing, setWriting] = useState<Way | null>(null)
  const close = (way: Way, reason: string) => onClose({ status: 'Closed', investigationResult: way.finding, reason })
  return (
    <>
      <Menu position="bottom-end" width={320} {...(opened === undefined ? {} : { opened })} {...(onOpened ? { onChange: onOpened } : {})}>
        <Menu.Target>
          <Button
            leftSection={<IconCheck size={15} />}
            rightSection={<IconChevronDown size={14} />}
            loading={busy}
            disabled={disabled}
            variant={compact ? 'default' : 'filled'}
            data-testid="close-menu"
          >
            {label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {WAYS.map((way) => (
            <WayItems key={way.key} way={way} onClose={close} onWrite={() => setWriting(way)} />
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={writing !== null} onClose={() => setWriting(null)} title={<strong>{writing && t(`close.as.${writing.key}`)}</strong>}>
        {writing && (
          <ReasonForm
            way={writing}
            onDone={(reason) => {
              setWriting(null)
              if (reason !== null) close(writing, reason)
            }}
          />
        )}
      </Modal>
    </>
  )
}

function WayItems({ way, onClose, onWrite }: { way: Way; onClose: (way: Way, reason: string) => void; onWrite: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Menu.Label>{t(`close.as.${way.key}`)}</Menu.Label>
      {way.reasons.map((reason) => (
        <Menu.Item key={reason} data-testid={`close-${way.key}-${reason}`} onClick={() => onClose(way, t(`close.reason.${reason}`))}>
          {t(`close.reason.${reason}`)}
        </Menu.Item>
      ))}
      <Menu.Item onClick={onWrite}>{t('close.writeReason')}</Menu.Item>
    </>
  )
}

function ReasonForm({ way, onDone }: { way: Way; onDone: (reason: string | null) => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  return (
    <form
      className="col"
      onSubmit={(event) => {
        event.preventDefault()
        onDone(reason.trim())
      }}
    >
      <Textarea label={t('close.reasonLabel')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} autosize minRows={3} required={way.mustSayWhy} data-autofocus maxLength={1000} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={() => onDone(null)}>{t('action.cancel')}</Button>
        <Button type="submit" disabled={way.mustSayWhy && reason.trim() === ''}>
          {t(`finding.${wordKey(way.finding)}`)} · {t('close.submit')}
        </Button>
      </div>
    </form>
  )
}
