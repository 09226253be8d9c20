import { MultiSelect, Select, TextInput } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endpointChoiceQuery, hostQuery } from '../../api/endpoints'
import { directoriesQuery } from '../../api/mail'
import type { EndpointRow, TargetKind } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Loading } from '../States'
import { Connected } from './Connected'
import type { Request } from './RespondProvider'
import { bareUser, endpointOptions } from './wish'

type Wanted = { kind: TargetKind; id: string; name: string }
export type Targets = {
  /** The endpoints that are concerned, as the inventory knows them. */
  endpoints: EndpointRow[]
  wanted: Wanted[]
  ready: boolean
  pending: boolean
  missing: string[]
  /** Names that several endpoints have: which is meant has to be chosen. */
  shared: string[]
  chosen: string[]
  choose: (guids: string[]) => void
  user: string
  setUser: (user: string) => void
  where: string
  setWhere: (where: string) => void
}

/** Finds out what an action would be done to. Hosts that came with the request are looked up; without any, or with several, one chooses. */
export function useTargets({ action, hosts, given }: Request): Targets {
  const [picked, setPicked] = useState<string[] | null>(null)
  const [user, setUser] = useState(String(given.user ?? ''))
  const [where, setWhere] = useState('')
  const needs = action.kind === 'endpoint' || action.kind === 'account'
  const found = useQueries({ queries: needs ? hosts.map((host) => hostQuery(host)) : [] })
  const clear = useMemo(() => dedupe(found.flatMap((one) => (one.data?.length === 1 ? one.data : []))), [found])
  const named = (fits: (count: number) => boolean) => hosts.filter((_, index) => fits(found[index]?.data?.length ?? 1)).map((host) => host.name ?? host.guid ?? '')
  const shared = named((count) => count > 1)
  const others = useQuery({ ...endpointChoiceQuery, enabled: needs && (hosts.length !== 1 || shared.length > 0) })
  const known = useMemo(() => dedupe([...clear, ...found.flatMap((one) => one.data ?? []), ...(others.data?.items ?? [])]), [clear, found, others.data])
  const chosen = picked ?? clear.map((one) => one.guid)
  const endpoints = known.filter((one) => chosen.includes(one.guid))
  const place = where || endpoints[0]?.guid || ''
  const wanted = wantedOf(action.kind, { endpoints, place, user, given })
  const pending = found.some((one) => one.isPending) || (others.isLoading && others.fetchStatus !== 'idle')
  return { endpoints: needs ? endpoints : [], wanted, ready: wanted.length > 0, pending, missing: named((count) => count === 0), shared, chosen, choose: setPicked, user, setUser, where: place, setWhere }
}

function wantedOf(kind: TargetKind, of: { endpoints: EndpointRow[]; place: string; user: string; given: Record<string, unknown> }): Wanted[] {
  if (kind === 'endpoint') return of.endpoints.map(({ guid, name }) => ({ kind, id: guid, name }))
  const one = (id: string, name = id) => (id === '' ? [] : [{ kind, id, name }])
  if (kind === 'account') return of.place && of.user.trim() ? one(`${of.place}\\${bareUser(of.user)}`, of.user) : []
  return one(String(of.given.value ?? of.given.message_id ?? of.given.attachment_sha256 ?? ''))
}

function dedupe(rows: EndpointRow[]): EndpointRow[] {
  return [...new Map(rows.map((row) => [row.guid, row])).values()]
}

/** What the action is done to: name and address, system, office; always shown. */
export function TargetBox({ request, targets }: { request: Request; targets: Targets }) {
  const { t } = useTranslation()
  const { kind } = request.action
  if (targets.pending && targets.endpoints.length === 0) return <Loading lines={3} />
  return (
    <section className="panel panel-body col target-box" aria-label={t('respond.target')} data-testid="target">
      {targets.missing.length > 0 && <p className="dim" style={{ margin: 0 }} role="alert">{t('respond.noSensor', { names: targets.missing.join(', ') })}</p>}
      {targets.shared.length > 0 && <p style={{ margin: 0 }} role="alert">{t('respond.sharedName', { names: targets.shared.join(', ') })}</p>}
      {kind === 'endpoint' && (request.hosts.length !== 1 || targets.shared.length > 0) && <EndpointChoice targets={targets} many={request.action.name !== 'remote_shell'} />}
      {kind === 'account' && <AccountChoice targets={targets} />}
      {kind === 'endpoint' && targets.endpoints.slice(0, 5).map((one) => <EndpointFacts key={one.guid} endpoint={one} />)}
      {targets.endpoints.length > 5 && <span className="dim">{t('facet.more', { count: targets.endpoints.length - 5 })}</span>}
      {(kind === 'object' || kind === 'message') && targets.wanted.map((one) => <strong key={one.id} className="mono" style={{ overflowWrap: 'anywhere' }}>{one.name}</strong>)}
    </section>
  )
}

function EndpointChoice({ targets, many }: { targets: Targets; many: boolean }) {
  const { t } = useTranslation()
  const choice = useQuery(endpointChoiceQuery)
  const data = endpointOptions(dedupe([...targets.endpoints, ...(choice.data?.items ?? [])]))
  if (!many) return <Select label={t('respond.endpoint')} data={data} value={targets.chosen[0] ?? null} searchable onChange={(value) => targets.choose(value ? [value] : [])} />
  return <MultiSelect size="xs" label={t('respond.endpoints')} data={data} value={targets.chosen} searchable clearable onChange={targets.choose} />
}

function AccountChoice({ targets }: { targets: Targets }) {
  const { t } = useTranslation()
  const may = useMay('respond')
  const endpoints = useQuery(endpointChoiceQuery)
  const directories = useQuery({ ...directoriesQuery, enabled: may })
  const data = [
    { group: t('respond.directories'), items: (directories.data?.items ?? []).map((one) => ({ value: `ldap:${one.name}`, label: one.name })) },
    { group: t('respond.endpoints'), items: endpointOptions(dedupe([...targets.endpoints, ...(endpoints.data?.items ?? [])])) },
  ]
  return (
    <div className="row" style={{ alignItems: 'flex-start' }}>
      <TextInput className="grow" label={t('object.account')} value={targets.user} onChange={(event) => targets.setUser(event.currentTarget.value)} required />
      <Select className="grow" label={t('respond.where')} data={data} value={targets.where || null} searchable onChange={(value) => targets.setWhere(value ?? '')} required />
    </div>
  )
}

function EndpointFacts({ endpoint }: { endpoint: EndpointRow }) {
  const { t } = useTranslation()
  return (
    <dl className="facts">
      <dt>{t('respond.target')}</dt>
      <dd><strong>{endpoint.name}</strong> <span className="mono">({endpoint.ips.join(', ') || '–'})</span> <Connected endpoint={endpoint} /></dd>
      <dt>{t('respond.os')}</dt>
      <dd>{[endpoint.osName, endpoint.osVersion].filter(Boolean).join(' ') || '–'}</dd>
      <dt>{t('respond.office')}</dt>
      <dd>{endpoint.group || '–'}</dd>
    </dl>
  )
}
