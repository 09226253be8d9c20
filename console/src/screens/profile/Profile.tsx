import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core'
import { IconDownload, IconFilter } from '@tabler/icons-react'
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { processProfileQuery } from '../../api/profile'
import type { Profile as Chain, ProfileNode } from '../../api/shapes'
import { useNotice } from '../../components/Notices'
import { ObjectScope } from '../../components/ObjectMenu'
import { Empty, Failed, Loading, useErrorText } from '../../components/States'
import { merge, shownPart } from './layout'
import { saveJson, savePicture } from './saving'
import { ProfileList } from './ProfileList'
import { ProfilePanel } from './ProfilePanel'
import './profile.css'

const ProfileGraph = lazy(() => import('./ProfileGraph'))
const KINDS = ['script', 'file', 'registry', 'address'] as const

/** The execution profile: who started whom, what they touched, and which filters spoke up. */
export function Profile({ query, name }: { query: UseQueryResult<Chain>; name: string }) {
  const { t } = useTranslation()
  if (query.isPending) return <Loading />
  // The server says "not found" of an event that tells of no process: that is an answer, not a fault.
  const isNone = query.error instanceof ApiError && query.error.status === 404
  if (query.isError && !isNone) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data || query.data.nodes.length === 0) {
    return (
      <Empty title={t('profile.empty')}>
        <p>{t('profile.emptyHelp')}</p>
      </Empty>
    )
  }
  const process = query.data.nodes.find((one) => one.process?.endpointGuid || one.process?.endpointName)?.process
  return (
    <ObjectScope endpoint={process ? { guid: process.endpointGuid, name: process.endpointName } : undefined}>
      <ProfileBody key={`${name}-${query.data.focus}`} first={query.data} name={name} />
    </ObjectScope>
  )
}

function ProfileBody({ first, name }: { first: Chain; name: string }) {
  const { t } = useTranslation()
  const growth = useGrowth(first)
  const { chain, opened } = growth
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [form, setForm] = useState('graph')
  const [chosen, setChosen] = useState(first.focus)
  const shown = useMemo(() => shownPart(chain, opened, hidden), [chain, opened, hidden])
  const node = chain.nodes.find((one) => one.id === chosen)
  const common = { chain, shown, opened, chosen, onChoose: setChosen, onGrow: growth.grow, onFold: growth.fold, busy: growth.busy }
  return (
    <div className="profile">
      <div className="profile-main">
        <div className="profile-tools no-print">
          <SegmentedControl size="xs" value={form} onChange={setForm} data={[{ value: 'graph', label: t('profile.graph') }, { value: 'list', label: t('profile.list') }]} aria-label={t('profile.form')} />
          <KindMenu hidden={hidden} onChange={setHidden} />
          <span className="dim num">{t('profile.count', { shown: shown.nodes.filter((one) => one.kind !== 'fold').length, all: chain.nodes.length })}</span>
          <span className="grow" />
          <SaveMenu chain={chain} shown={shown} name={name} />
        </div>
        {form === 'list' ? <ProfileList {...common} /> : <Suspense fallback={<Loading />}><ProfileGraph {...common} /></Suspense>}
      </div>
      {node && <ProfilePanel key={node.id} node={node} {...(growth.mayAsk(node) ? { onChildren: () => growth.ask(node) } : {})} busy={growth.busy === node.id} />}
    </div>
  )
}

/** The chain as it grows: folds are opened, further children fetched. */
function useGrowth(first: Chain) {
  const cache = useQueryClient()
  const notice = useNotice()
  const errorText = useErrorText()
  const [chain, setChain] = useState(first)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState('')
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set([first.focus]))
  const open = (id: string) => setOpened((old) => new Set(old).add(id))
  const fetchMore = async (node: ProfileNode) => {
    const { endpointGuid, hashId, pid, startDateTime } = node.process ?? {}
    if (!endpointGuid) return
    setAsked((old) => new Set(old).add(node.id))
    setBusy(node.id)
    try {
      const key = { endpointGuid, ...(hashId ? { hashId: String(hashId) } : { pid: String(pid ?? '') }), ...(startDateTime ? { at: startDateTime } : {}) }
      const more = await cache.fetchQuery(processProfileQuery(key))
      setChain((old) => settled(merge(old, more), node.id))
    } catch (error) {
      notice.warn(errorText(error))
    } finally {
      setBusy('')
    }
  }
  return {
    chain,
    opened,
    busy,
    /** An answer holds the children of its focus only: those of any other process are there for the asking. */
    mayAsk: (node: ProfileNode) => node.kind === 'process' && Boolean(node.process?.endpointGuid && (node.process.hashId || node.process.pid)) && (!asked.has(node.id) || node.hasMoreChildren),
    ask: (node: ProfileNode) => {
      open(node.id)
      void fetchMore(node)
    },
    fold: (id: string) => setOpened((old) => new Set([...old].filter((one) => one !== id))),
    grow: (id: string) => {
      open(id)
      const node = chain.nodes.find((one) => one.id === id)
      if (node?.hasMoreChildren) void fetchMore(node)
    },
  }
}

/** What was asked for once need not be offered again. */
function settled(chain: Chain, id: string): Chain {
  return { ...chain, nodes: chain.nodes.map((node) => (node.id === id ? { ...node, hasMoreChildren: false } : node)) }
}

function KindMenu({ hidden, onChange }: { hidden: ReadonlySet<string>; onChange: (hidden: ReadonlySet<string>) => void }) {
  const { t } = useTranslation()
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconFilter size={14} />}>{t('profile.kinds')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KINDS.map((kind) => (
          <Menu.CheckboxItem
            key={kind}
            checked={!hidden.has(kind)}
            onChange={() => {
              const next = new Set(hidden)
              if (!next.delete(kind)) next.add(kind)
              onChange(next)
            }}
          >
            {t(`object.${kind}`)}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function SaveMenu({ chain, shown, name }: { chain: Chain; shown: ReturnType<typeof shownPart>; name: string }) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t('profile.save')} title={t('profile.save')}>
          <IconDownload size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => savePicture(shown, `${name}.png`)}>{t('profile.savePng')}</Menu.Item>
        <Menu.Item onClick={() => saveJson(chain, `${name}.json`)}>{t('profile.saveJson')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
