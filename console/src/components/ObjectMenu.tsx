import { Menu } from '@mantine/core'
import { IconCopy, IconEyeOff, IconFileCode, IconFilterMinus, IconFilterPlus, IconId, IconMailSearch, IconSearch, IconSitemap } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { createContext, useCallback, useContext, useMemo, useState, type MouseEvent, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { entityOf } from '../api/entities'
import { accountQuery, queryFor } from '../api/queryText'
import type { ProcessKey } from '../api/profile'
import { useMay } from '../api/session'
import type { ObjectType } from '../api/shapes'
import { useNotice } from './Notices'
import { RespondItems } from './response/RespondItems'
import type { Host } from './response/wish'
import './objects.css'

/** Anything an analyst may right-click: a value, what kind it is, and the field it stands in ('' when none). */
export type MenuObject = {
  type: ObjectType | 'hash' | 'script' | 'filter' | 'value'
  field: string
  value: string
  /** The process the object belongs to, for its execution profile. */
  process?: ProcessKey | undefined
  /** What response actions want to know of it: the host it is on, and for processes and files their identity. */
  about?: { guid?: string | undefined; name?: string | undefined; pid?: number | undefined; startedMs?: number | undefined; sha1?: string | undefined; sha256?: string | undefined } | undefined
}

/** What the place adds to the menu: the alert and activity the object was seen in, and a way to narrow the list. */
export type ObjectPlace = {
  alertId?: string | undefined
  uuid?: string | undefined
  /** The filter that pointed at the values. */
  filterId?: string | undefined
  /** The host the values were seen on; where that is not known, the hosts it may have been. */
  endpoint?: Host | undefined
  hosts?: Host[] | undefined
  onFilterIn?: ((object: MenuObject) => void) | undefined
  onFilterOut?: ((object: MenuObject) => void) | undefined
  onRecord?: ((uuid: string) => void) | undefined
}

/** What finds the object again: an account by all its names, anything else in its field. */
function queryOf(object: MenuObject): string {
  return object.type === 'account' && object.field === '' ? accountQuery(object.value) : queryFor(object.field, object.value)
}

type Opened = { object: MenuObject; place: ObjectPlace; x: number; y: number }
const Opener = createContext<(opened: Opened) => void>(() => undefined)
const Place = createContext<ObjectPlace>({})

/** Gives the objects inside it their place; inner places add to outer ones. */
export function ObjectScope({ children, ...place }: ObjectPlace & { children: ReactNode }) {
  const outer = useContext(Place)
  const { alertId, uuid, filterId, endpoint, hosts, onFilterIn, onFilterOut, onRecord } = place
  const joined = useMemo(
    () => ({
      alertId: alertId ?? outer.alertId,
      uuid: uuid ?? outer.uuid,
      filterId: filterId ?? outer.filterId,
      endpoint: endpoint ?? outer.endpoint,
      hosts: hosts ?? outer.hosts,
      onFilterIn: onFilterIn ?? outer.onFilterIn,
      onFilterOut: onFilterOut ?? outer.onFilterOut,
      onRecord: onRecord ?? outer.onRecord,
    }),
    [alertId, uuid, filterId, endpoint, hosts, onFilterIn, onFilterOut, onRecord, outer],
  )
  return <Place.Provider value={joined}>{children}</Place.Provider>
}

/** The one context menu of the console; the same items in the same order everywhere. */
export function ObjectMenuProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened | null>(null)
  return (
    <Opener.Provider value={setOpened}>
      {children}
      {opened && <OpenMenu opened={opened} onClose={() => setOpened(null)} />}
    </Opener.Provider>
  )
}

function OpenMenu({ opened, onClose }: { opened: Opened; onClose: () => void }) {
  const { t } = useTranslation()
  const actions = useActions(opened)
  return (
    <Menu opened onClose={onClose} position="bottom-start" offset={2} width={300} returnFocus trapFocus>
      <Menu.Target>
        <span style={{ position: 'fixed', left: opened.x, top: opened.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown data-testid="object-menu">
        <div className="object-menu-head">
          <span className="dim">{t(`object.${opened.object.type}`)}</span>
          <span className="mono object-menu-value">{opened.object.value}</span>
        </div>
        <Menu.Divider />
        <RespondItems object={opened.object} place={opened.place} />
        <Menu.Label>{t('menu.investigate')}</Menu.Label>
        {actions.map((action) => (
          <Menu.Item key={action.key} leftSection={action.icon} onClick={action.run}>
            {t(action.key)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function useActions({ object, place }: Opened) {
  const navigate = useNavigate()
  const notice = useNotice()
  const { t } = useTranslation()
  const search = {
    key: 'menu.search',
    icon: <IconSearch size={15} />,
    run: () => void navigate({ to: '/search', search: { query: queryOf(object), range: 'all' } }),
  }
  const copy = {
    key: 'menu.copy',
    icon: <IconCopy size={15} />,
    run: () => void copyText(object.value).then(() => notice.tell(t('menu.copied'))),
  }
  const profile = useProfileAction(object, place)
  const { onFilterIn, onFilterOut, onRecord, uuid } = place
  const filterIn = onFilterIn && object.field !== '' && {
    key: 'menu.filterIn', icon: <IconFilterPlus size={15} />, run: () => onFilterIn(object),
  }
  const filterOut = onFilterOut && object.field !== '' && {
    key: 'menu.filterOut', icon: <IconFilterMinus size={15} />, run: () => onFilterOut(object),
  }
  const entity = entityOf(object)
  const page = entity && { key: 'menu.entity', icon: <IconId size={15} />, run: () => void navigate({ to: '/entities/$kind', params: { kind: entity.kind }, search: { value: entity.value } }) }
  const record = onRecord && uuid && { key: 'menu.record', icon: <IconFileCode size={15} />, run: () => onRecord(uuid) }
  const exception = useExceptionAction(object, place)
  const mayRespond = useMay('respond')
  const messages = mayRespond && object.type === 'hash' && /^[0-9a-f]{64}$/i.test(object.value) && {
    key: 'menu.messages', icon: <IconMailSearch size={15} />, run: () => void navigate({ to: '/messages', search: { find: object.value } }),
  }
  return [search, page, profile, record, filterIn, filterOut, messages, exception, copy].filter((action) => action !== undefined && action !== false && action !== '' && action !== null)
}

function useProfileAction(object: MenuObject, place: ObjectPlace) {
  const navigate = useNavigate()
  const { alertId, uuid } = place
  const action = (run: () => void) => ({ key: 'menu.profile', icon: <IconSitemap size={15} />, run })
  if (object.process) {
    const key = object.process
    return action(() => void navigate({ to: '/profile', search: { ...key } }))
  }
  if (!alertId || !uuid) return null
  return action(
    () => void navigate({ to: '/workbench/alerts/$id', params: { id: alertId }, search: { tab: 'profile', uuid } }),
  )
}

/** The form of an exception for this value, filled in. Needs a field, for an exception passes over a field's value. */
function useExceptionAction(object: MenuObject, { filterId }: ObjectPlace) {
  const navigate = useNavigate()
  const may = useMay('content')
  if (!may || object.field === '' || object.type === 'filter') return null
  const search = { field: object.field, value: object.value, ...(filterId ? { filter: filterId } : {}) }
  return { key: 'menu.exception', icon: <IconEyeOff size={15} />, run: () => void navigate({ to: '/exceptions/new', search }) }
}

/** Copies through the clipboard interface, or through a text area where the page is not served securely or may not use it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard && window.isSecureContext && (await navigator.clipboard.writeText(text).then(() => true, () => false))) return
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

/** Handlers that give any element the context menu, by mouse and by keyboard. */
export function useObjectMenu(object: MenuObject) {
  const open = useContext(Opener)
  const place = useContext(Place)
  const openAt = useCallback((x: number, y: number) => open({ object, place, x, y }), [open, object, place])
  return {
    onContextMenu: (event: MouseEvent<HTMLElement>) => {
      event.preventDefault()
      event.stopPropagation()
      const box = event.currentTarget.getBoundingClientRect()
      // A context-menu key gives no pointer position.
      openAt(event.clientX || box.left, event.clientY || box.bottom)
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key !== 'Enter' && !(event.key === 'F10' && event.shiftKey)) return
      event.preventDefault()
      event.stopPropagation()
      const box = event.currentTarget.getBoundingClientRect()
      openAt(box.left, box.bottom)
    },
  }
}

/** A value that carries the context menu; a right click, Enter or Shift+F10 opens it. */
export function ObjectValue({ object, children, className = '' }: { object: MenuObject; children?: ReactNode; className?: string }) {
  const { t } = useTranslation()
  const handlers = useObjectMenu(object)
  return (
    <span
      className={`object-value ${className}`}
      tabIndex={0}
      role="button"
      aria-haspopup="menu"
      title={t('menu.hint')}
      data-object={object.type}
      {...handlers}
    >
      {children ?? object.value}
    </span>
  )
}
