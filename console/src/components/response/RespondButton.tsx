import { Button, Menu, TextInput } from '@mantine/core'
import { IconBolt, IconChevronDown, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useText } from '../../i18n'
import { useOffers } from './RespondItems'
import { useRespond } from './RespondProvider'
import { PhaseTag } from './TaskBar'
import type { Wish } from './wish'

type Props = { wish: Wish; alertId?: string | undefined; source: string; filled?: boolean }

/** The actions that fit, contain first, as a menu under a button; found by their name in either language. */
export function RespondButton({ wish, alertId, source, filled = false }: Props) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <Menu position="bottom-start" width={340} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <Button variant={filled ? 'filled' : 'default'} leftSection={<IconBolt size={15} />} rightSection={<IconChevronDown size={14} />} data-testid="respond">{t('respond.button')}</Button>
      </Menu.Target>
      <Menu.Dropdown mah={460} style={{ overflowY: 'auto' }}>{opened && <Offers wish={wish} alertId={alertId} source={source} />}</Menu.Dropdown>
    </Menu>
  )
}

function Offers({ wish, alertId, source }: Omit<Props, 'filled'>) {
  const { t } = useTranslation()
  const text = useText()
  const respond = useRespond()
  const offers = useOffers(wish)
  const [words, setWords] = useState('')
  const fits = (names: string) => words.toLowerCase().split(/\s+/).every((word) => names.toLowerCase().includes(word))
  const shown = offers?.filter(({ action }) => fits(`${action.title.en} ${action.title.ja}`))
  return (
    <>
      <Menu.Label>{t('menu.response')}</Menu.Label>
      <TextInput mx={6} mb={4} leftSection={<IconSearch size={13} />} aria-label={t('respond.find')} placeholder={t('respond.find')} value={words} onChange={(event) => setWords(event.currentTarget.value)} onKeyDown={(event) => event.key !== 'Escape' && event.key !== 'Tab' && event.key !== 'ArrowDown' && event.stopPropagation()} />
      {!offers && <Menu.Item disabled>{t('state.loading')}</Menu.Item>}
      {shown?.map(({ action, why }) => (
        <Menu.Item key={action.name} disabled={why !== ''} title={action.title.en} rightSection={<PhaseTag phase={action.phase} />} onClick={() => respond({ action, hosts: wish.hosts, given: wish.given, alertId, source })}>
          {text(action.title)}
          {why && <span className="menu-why">{why}</span>}
        </Menu.Item>
      ))}
      {shown?.length === 0 && <Menu.Item disabled>{t('respond.noAction')}</Menu.Item>}
    </>
  )
}
