import { Button, Popover, TextInput } from '@mantine/core'
import { IconCalendar, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { momentText, zoneOffset, ZONE } from './Moment'
import { PRESETS, type Range } from './range'

/** The span of time of a page: presets, or two moments in the reader's zone. */
export function TimeRange({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const label = 'preset' in range ? t(`range.${range.preset}`) : `${momentText(range.from)} – ${momentText(range.to)}`
  const choose = (next: Range) => {
    setOpen(false)
    onChange(next)
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="chip num" aria-label={t('range.label')} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconCalendar size={14} aria-hidden />
          <strong>{label}</strong>
          <span className="chip-name" title={ZONE}>{zoneOffset()}</span>
          <IconChevronDown size={13} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="row" style={{ alignItems: 'flex-start', gap: 16 }}>
          <div className="col" style={{ gap: 2 }}>
            {PRESETS.map((preset) => (
              <Button key={preset} variant={'preset' in range && range.preset === preset ? 'light' : 'subtle'} color="gray" justify="flex-start" onClick={() => choose({ preset })}>
                {t(`range.${preset}`)}
              </Button>
            ))}
          </div>
          <Custom range={range} onChoose={choose} />
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function Custom({ range, onChoose }: { range: Range; onChoose: (range: Range) => void }) {
  const { t } = useTranslation()
  const [from, setFrom] = useState('from' in range ? local(range.from) : '')
  const [to, setTo] = useState('to' in range ? local(range.to) : '')
  const valid = from !== '' && to !== '' && from < to
  return (
    <form
      className="col"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) onChoose({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
      }}
    >
      <TextInput type="datetime-local" step={1} label={t('range.from')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput type="datetime-local" step={1} label={t('range.to')} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      <span className="dim" style={{ fontSize: 12 }}>{ZONE}</span>
      <Button type="submit" disabled={!valid}>{t('action.apply')}</Button>
    </form>
  )
}

/** What an input of type datetime-local wants: the local time without a zone. */
function local(iso: string): string {
  return momentText(iso).replace(' ', 'T')
}
