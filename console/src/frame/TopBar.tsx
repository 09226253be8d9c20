import { ActionIcon, Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { IconClock, IconDeviceDesktop, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeMe } from '../api/session'
import type { Language, ThemeChoice } from '../api/shapes'
import { ZONE, zoneOffset } from '../components/Moment'
import { changeLanguage, useLanguage } from '../i18n'
import { useKeys } from './keys'
import { Lookup } from './Lookup'
import { PersonMenu } from './PersonMenu'

export function TopBar() {
  const { t } = useTranslation()
  const [looking, setLooking] = useState(false)
  useKeys({ 'mod+k': () => setLooking(true) })
  return (
    <header className="frame-top">
      <button type="button" className="lookup-open" onClick={() => setLooking(true)}>
        <IconSearch size={15} aria-hidden />
        <span className="clip">{t('lookup.prompt')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span className="grow" />
      <span className="top-zone num" title={t('frame.zone')}>
        <IconClock size={14} aria-hidden />
        {ZONE} ({zoneOffset()})
      </span>
      <LanguageSwitch />
      <ThemeMenu />
      <ActionIcon aria-label={t('keys.title')} title={t('keys.title')} onClick={() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }))}>
        <IconKeyboard size={17} />
      </ActionIcon>
      <PersonMenu />
      <Lookup opened={looking} onClose={() => setLooking(false)} />
    </header>
  )
}

function LanguageSwitch() {
  const { t } = useTranslation()
  const language = useLanguage()
  const change = useChangeMe()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('frame.language')}
      value={language}
      data={[
        { value: 'en', label: 'EN' },
        { value: 'ja', label: '日本語' },
      ]}
      onChange={(value) => {
        changeLanguage(value as Language)
        change.mutate({ language: value as Language })
      }}
    />
  )
}

const THEMES: { choice: ThemeChoice; scheme: 'light' | 'dark' | 'auto'; icon: typeof IconSun }[] = [
  { choice: 'light', scheme: 'light', icon: IconSun },
  { choice: 'dark', scheme: 'dark', icon: IconMoon },
  { choice: 'system', scheme: 'auto', icon: IconDeviceDesktop },
]

function ThemeMenu() {
  const { t } = useTranslation()
  const change = useChangeMe()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = THEMES.find((theme) => theme.scheme === colorScheme)?.icon ?? IconDeviceDesktop
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('theme.label')} title={t('theme.label')}>
          <Current size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map(({ choice, scheme, icon: Icon }) => (
          <Menu.Item
            key={choice}
            leftSection={<Icon size={15} />}
            aria-current={scheme === colorScheme}
            onClick={() => {
              setColorScheme(scheme)
              change.mutate({ theme: choice })
            }}
          >
            {t(`theme.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
