import { Menu } from '@mantine/core'
import { IconChevronDown, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export type ChipOption = { value: string; label: ReactNode }

type Props = {
  name: string
  options: ChipOption[]
  chosen: string[]
  onChoose: (chosen: string[]) => void
  /** What the chip says when nothing is chosen, or everything. */
  none: string
  many?: boolean
  changed?: boolean
}

/** A filter as a chip: its name, what is chosen, and a menu to change it. */
export function FilterChip({ name, options, chosen, onChoose, none, many = false, changed = false }: Props) {
  const labels = options.filter((option) => chosen.includes(option.value))
  const toggle = (value: string) => {
    if (!many) return onChoose([value])
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="chip" data-changed={changed}>
          <span className="chip-name">{name}</span>
          <strong>{labels.length > 0 && !(many && labels.length === options.length) ? joined(labels) : none}</strong>
          <IconChevronDown size={13} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {options.map((option) =>
          many ? (
            <Menu.CheckboxItem key={option.value} checked={chosen.includes(option.value)} onChange={() => toggle(option.value)}>
              {option.label}
            </Menu.CheckboxItem>
          ) : (
            <Menu.RadioItem key={option.value} value={option.value} checked={chosen.includes(option.value)} closeMenuOnClick onChange={() => toggle(option.value)}>
              {option.label}
            </Menu.RadioItem>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function joined(options: ChipOption[]): ReactNode {
  return options.map((option, index) => (
    <span key={option.value}>
      {index > 0 && ' + '}
      {option.label}
    </span>
  ))
}

/** A filter that a value was pulled into: shown, and taken away with a click. */
export function ValueChip({ name, value, onRemove }: { name: string; value: ReactNode; onRemove: () => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="chip" data-changed="true" onClick={onRemove} title={t('action.remove')}>
      <span className="chip-name">{name}</span>
      <strong>{value}</strong>
      <IconX size={13} aria-hidden />
    </button>
  )
}
