import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { enforcementQuery } from '../../api/blockList'
import type { BlockEntry, BlockHolder, BlockPlace } from '../../api/responseShapes'
import { Moment } from '../../components/Moment'
import { Failed, Loading } from '../../components/States'
import { useText } from '../../i18n'
import { STATE_BADGES } from './entries'

/** Where one entry is enforced, only handed on, or not enforced, and why: beside the list. */
export function EnforcementPanel({ entry, onClose }: { entry: BlockEntry; onClose: () => void }) {
  const { t } = useTranslation()
  const found = useQuery(enforcementQuery(entry.type, entry.value))
  const state = found.data?.state ?? entry.state
  const quiet = state === 'excepted' || state === 'listed' ? state : null
  return (
    <aside className="panel flyout" aria-label={t('blockList.where.title')}>
      <div className="flyout-head">
        <div className="grow">
          <h2>{t('blockList.where.title')} <span className={`badge ${STATE_BADGES[state]}`}>{t(`enforcement.${state}`)}</span></h2>
          <span className="mono" style={{ overflowWrap: 'anywhere' }}>{entry.value}</span>
        </div>
        <ActionIcon aria-label={t('action.close')} onClick={onClose}><IconX size={17} /></ActionIcon>
      </div>
      {found.isPending && <Loading />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <div className="flyout-body">
          {quiet && <p style={{ margin: 0 }}>{t(`blockList.where.${quiet}`)}</p>}
          {!quiet && !found.data.places.some((one) => one.kind === 'endpoints') && <p className="dim" style={{ margin: 0 }}>{t('blockList.where.none')}</p>}
          {found.data.places.map((place) => <Place key={`${place.kind} ${place.name} ${place.group}`} place={place} />)}
          {found.data.leftOut > 0 && <p className="dim" style={{ margin: 0 }}>{t('blockList.where.leftOut', { count: found.data.leftOut })}</p>}
        </div>
      )}
    </aside>
  )
}

function Place({ place }: { place: BlockPlace }) {
  const { t } = useTranslation()
  const text = useText()
  const name = useName(place)
  const enforced = place.parts.find((one) => one.state === 'enforced')?.count ?? 0
  return (
    <section aria-label={name}>
      <div className="row wrap tight"><strong>{name}</strong> <span className={`badge ${STATE_BADGES[place.state]}`}>{t(`enforcement.${place.state}`)}</span></div>
      {place.total > 0 && <div>{t('blockList.where.count', { enforced, total: place.total })}</div>}
      {place.at > 0 && <div>{t(place.kind === 'mail' ? 'blockList.where.swept' : 'blockList.where.fetched')}: <Moment at={place.at} /></div>}
      {place.kind === 'export' && place.state === 'handedOn' && <div className="dim">{t('blockList.where.handedOn')}</div>}
      <ul className="bare">
        {place.reasons.map((one) => <li key={one.text.en}>{place.total > 0 && <><span className="num">{t('blockList.where.times', { count: one.count })}</span>: </>}{text(one.text)}</li>)}
      </ul>
      {place.parts.map((part) => (
        <details key={part.state}>
          <summary>{t(`enforcement.${part.state}`)} <span className="num">{part.count}</span></summary>
          <ul className="bare" style={{ paddingLeft: 14 }}>
            {part.endpoints.map((one) => <Holder key={one.guid} one={one} />)}
            {part.count > part.endpoints.length && <li className="dim">{t('blockList.where.more', { count: part.count - part.endpoints.length })}</li>}
          </ul>
        </details>
      ))}
    </section>
  )
}

function Holder({ one }: { one: BlockHolder }) {
  const { t } = useTranslation()
  const text = useText()
  const reason = text(one.reason)
  return (
    <li>
      <Link to="/endpoints/$guid" params={{ guid: one.guid }}>{one.name}</Link>
      {!one.connected && <span className="dim"> · {t('blockList.where.offline')} <Moment short at={one.lastSeen} /></span>}
      {one.verified !== null && <span className="dim"> · {t(one.verified ? 'blockList.where.verified' : 'blockList.where.disproved')}</span>}
      {one.task && <> · <Link className="mono" to="/response/tasks/$id" params={{ id: one.task }}>{one.task}</Link></>}
      {reason && <span className="dim" style={{ display: 'block', fontSize: 12 }}>{reason}</span>}
    </li>
  )
}

const PLATFORMS: Record<string, string> = { linux: 'Linux', windows: 'Windows', macos: 'macOS' }

function useName({ kind, name, group }: BlockPlace): string {
  const { t } = useTranslation()
  if (kind === 'export') return t('blockList.where.export', { format: t(`blockFormat.${name}`, name) })
  if (kind === 'mail') return name ? t('blockList.where.mail', { name }) : t('blockList.where.noMail')
  const platform = t('blockList.where.endpoints', { platform: PLATFORMS[name] ?? (name || t('blockList.where.unknown')) })
  return group ? `${platform} · ${t('blockList.where.group', { group })}` : platform
}
