import { Loader, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import i18next from 'i18next'
import { useEffect, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { accountQuery, quoted, queryFor } from '../api/queryText'
import { lookupQuery } from '../api/search'
import { useSession } from '../api/session'
import type { LookupItem, LookupKind } from '../api/shapes'
import { useText } from '../i18n'
import { PHASES } from './destinations'

type Choice = { key: string; kind: string; label: string; to: string; search?: Record<string, string> }

/** Ctrl-K: any id, host, user, hash, address, technique or menu name, in either language. */
export function Lookup({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} withCloseButton={false} padding={0} size="lg" yOffset="12vh" centered={false} aria-label={t('lookup.prompt')}>
      {opened && <LookupBody onClose={onClose} />}
    </Modal>
  )
}

function LookupBody({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const { choices, busy } = useChoices(text)
  useEffect(() => setAt(0), [text])
  const go = (choice: Choice | undefined) => {
    if (!choice) return
    onClose()
    void navigate({ to: choice.to, search: choice.search ?? {} })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return // Enter that ends a Japanese conversion chooses nothing
    if (event.key === 'ArrowDown') setAt((old) => Math.min(old + 1, choices.length - 1))
    else if (event.key === 'ArrowUp') setAt((old) => Math.max(old - 1, 0))
    else if (event.key === 'Enter') go(choices[at])
    else return
    event.preventDefault()
  }
  return (
    <div onKeyDown={onKeyDown}>
      <TextInput
        size="md"
        variant="unstyled"
        px="sm"
        leftSection={busy ? <Loader size={16} /> : <IconSearch size={17} />}
        placeholder={t('lookup.prompt')}
        aria-label={t('lookup.prompt')}
        role="combobox"
        aria-expanded
        aria-controls="lookup-list"
        aria-activedescendant={choices[at] ? `lookup-${at}` : undefined}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <ul id="lookup-list" role="listbox" className="lookup-list" aria-label={t('lookup.results')} style={{ borderTop: '1px solid var(--h-line)' }}>
        {choices.map((choice, index) => (
          <li
            key={choice.key}
            id={`lookup-${index}`}
            role="option"
            aria-selected={index === at}
            className="lookup-item"
            onMouseMove={() => setAt(index)}
            onClick={() => go(choice)}
          >
            <span className="kind">{choice.kind}</span>
            <span className="clip">{choice.label}</span>
          </li>
        ))}
        {choices.length === 0 && <li className="lookup-item dim">{t('lookup.nothing')}</li>}
      </ul>
    </div>
  )
}

function useChoices(text: string): { choices: Choice[]; busy: boolean } {
  const { t } = useTranslation()
  const pick = useText()
  const [settled] = useDebouncedValue(text.trim(), 180)
  const found = useQuery(lookupQuery(settled))
  const menu = useMenuChoices(text)
  const items = settled.length >= 2 ? (found.data?.items ?? []) : []
  const choices: Choice[] = items.map((item) => ({
    key: `${item.kind}-${item.id}`,
    kind: t(`lookup.kind.${item.kind}`),
    label: WITH_ID.has(item.kind) ? `${item.id}  ${strip(pick(item.label), item.id)}` : pick(item.label),
    ...wayTo(item, pick(item.label)),
  }))
  const search: Choice[] = text.trim()
    ? [{ key: 'search', kind: t('nav.search'), label: t('lookup.searchFor', { text: text.trim() }), to: '/search', search: { query: quoted(text.trim()), range: 'all' } }]
    : []
  return { choices: [...menu, ...choices, ...search], busy: found.isFetching }
}

function strip(label: string, id: string): string {
  return label.startsWith(id) ? label.slice(id.length).trim() : label
}

/** Screens whose name in either language, or whose older name, holds the text. */
function useMenuChoices(text: string): Choice[] {
  const { t } = useTranslation()
  const session = useSession()
  const wanted = text.trim().toLowerCase()
  const all = PHASES.flatMap((phase) => phase.destinations)
  const allowed = all.filter((one) => !one.permission || session?.user.permissions.includes(one.permission))
  const names = (key: string) =>
    [i18next.t(`nav.${key}`, { lng: 'en' }), i18next.t(`nav.${key}`, { lng: 'ja' }), i18next.t(`synonyms.${key}`, { lng: 'en' })].join(' ').toLowerCase()
  return allowed
    .filter((one) => wanted === '' || names(one.key).includes(wanted))
    .map((one) => ({ key: `menu-${one.key}`, kind: t('lookup.kind.screen'), label: t(`nav.${one.key}`), to: one.to }))
}

/** Things that people know by their ids. */
const WITH_ID = new Set<LookupKind>(['alert', 'incident', 'technique', 'group', 'software', 'mitigation'])

const PATHS: Partial<Record<LookupKind, string>> = {
  alert: '/workbench/alerts/', incident: '/workbench/incidents/', technique: '/attack/techniques/',
  group: '/attack/groups/', software: '/attack/software/', mitigation: '/attack/mitigations/', filter: '/filters/', model: '/models/',
}

function wayTo(item: LookupItem, label: string): { to: string; search?: Record<string, string> } {
  const path = PATHS[item.kind]
  if (path) return { to: path + encodeURIComponent(item.id) }
  const query = item.kind === 'endpoint' ? queryFor('endpointHostName', label || item.id) : accountQuery(label || item.id)
  return { to: '/search', search: { query, range: 'all' } }
}
