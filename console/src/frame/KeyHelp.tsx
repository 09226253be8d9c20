import { Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useKeys } from './keys'

const LINES: { keys: string[]; text: string }[] = [
  { keys: ['Ctrl', 'K'], text: 'keys.lookup' },
  { keys: ['/'], text: 'keys.focusSearch' },
  { keys: ['j', 'k'], text: 'keys.move' },
  { keys: ['Enter'], text: 'keys.open' },
  { keys: ['Space'], text: 'keys.flyout' },
  { keys: ['x'], text: 'keys.mark' },
  { keys: ['e'], text: 'keys.close' },
  { keys: ['a'], text: 'keys.assign' },
  { keys: ['Shift', 'F10'], text: 'keys.menu' },
  { keys: ['Ctrl', 'S'], text: 'keys.save' },
  { keys: ['Ctrl', 'Enter'], text: 'keys.preview' },
  { keys: ['Ctrl', 'Space'], text: 'keys.complete' },
  { keys: ['Esc', 'Tab'], text: 'keys.leaveText' },
  { keys: ['Esc'], text: 'keys.escape' },
  { keys: ['?'], text: 'keys.help' },
]

/** The list of keys, on "?". */
export function KeyHelp() {
  const { t } = useTranslation()
  const [opened, { open, close }] = useDisclosure(false)
  useKeys({ '?': open })
  return (
    <Modal opened={opened} onClose={close} title={<strong>{t('keys.title')}</strong>}>
      <dl className="key-list">
        {LINES.map((line) => (
          <div key={line.text} style={{ display: 'contents' }}>
            <dt>
              {line.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(line.text)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
