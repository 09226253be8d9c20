import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Severity as Level } from '../../api/shapes'
import { LEVELS, Severity } from '../../components/Severity'

type Props = { label: string; level: Level; own: Level; levels?: readonly Level[]; disabled: boolean; onPick: (level: Level | null) => void }

/** A level that can be changed, with the way back to the one the content brought. */
export function SeverityPick({ label, level, own, levels = LEVELS, disabled, onPick }: Props) {
  const { t } = useTranslation()
  const changed = level !== own
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="plain severity-pick" disabled={disabled} aria-label={`${label}: ${t(`severity.${level}`)}`} title={changed ? t('models.severityChanged', { level: t(`severity.${own}`) }) : label}>
          <Severity level={level} plain />
          {changed && <span aria-hidden>*</span>}
          {!disabled && <IconChevronDown size={12} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {levels.map((one) => (
          <Menu.Item key={one} aria-current={one === level} onClick={() => one !== level && onPick(one === own ? null : one)}>
            <Severity level={one} plain />
            {one === own && <span className="dim"> {t('models.severityOwn')}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
