import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ACTOR_PATHS, type ActorKind } from '../../api/attack'
import { ApiError } from '../../api/client'
import type { Technique } from '../../api/shapes'
import { Empty, Failed } from '../../components/States'
import { useAddress } from '../../frame/address'

/** Groups, software or mitigations of something, each with its page. */
export function ActorList({ title, kind, items }: { title: string; kind: ActorKind; items: Technique[] }) {
  const { t } = useTranslation()
  return (
    <section className="panel panel-body" aria-label={title}>
      <h2 className="section-title">{title} <span className="num">{items.length || ''}</span></h2>
      {items.length === 0 ? <p className="dim">{t('attack.none')}</p> : (
        <ul className="bare col" style={{ gap: 3 }}>
          {items.map((one) => <li key={one.id}><Link to={ACTOR_PATHS[kind]} params={{ id: one.id }}><span className="num">{one.id}</span> {one.name}</Link></li>)}
        </ul>
      )}
    </section>
  )
}

/** What is not there: the server says whether the id was withdrawn or never was. */
export function NotThere({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ApiError && error.status === 404) return <Empty title={error.message} />
  return <Failed error={error} onRetry={onRetry} />
}

/** An id that was replaced: the address becomes the new one, and the page says so. */
export function Moved({ path, asked, id }: { path: (typeof ACTOR_PATHS)[ActorKind] | '/attack/techniques/$id'; asked: string | null; id: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [address] = useAddress()
  useEffect(() => {
    if (asked) void navigate({ to: path, params: { id }, search: { was: asked }, replace: true })
  }, [asked, id, navigate, path])
  const was = asked ?? address.was
  return was && was !== id ? <p className="panel attack-moved" role="status">{t('attack.moved', { asked: was, id })}</p> : null
}
