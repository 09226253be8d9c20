import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ACTOR_PATHS, actorQuery, type Actor, type ActorKind, type UsedTechnique } from '../../api/attack'
import { tacticsQuery } from '../../api/content'
import { Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { HuntLink } from '../hunts/HuntLink'
import '../alert/alert.css'
import { ActorList, Moved, NotThere } from './pieces'
import { Notice } from './Notice'
import './attack.css'

export function GroupPage() {
  return <ActorPage kind="group" id={useParams({ from: '/frame/attack/groups/$id' }).id} />
}

export function SoftwarePage() {
  return <ActorPage kind="software" id={useParams({ from: '/frame/attack/software/$id' }).id} />
}

export function MitigationPage() {
  return <ActorPage kind="mitigation" id={useParams({ from: '/frame/attack/mitigations/$id' }).id} />
}

/** Who uses techniques, or what is against them: which, and which of them we cover. */
function ActorPage({ kind, id }: { kind: ActorKind; id: string }) {
  const actor = useQuery(actorQuery(kind, id))
  usePageTitle(actor.data ? `${actor.data.id} ${actor.data.name}` : id)
  if (actor.isPending) return <div className="page"><Loading lines={8} /></div>
  if (actor.isError) return <div className="page"><NotThere error={actor.error} onRetry={() => void actor.refetch()} /></div>
  return <Body actor={actor.data} />
}

function Body({ actor }: { actor: Actor }) {
  const { t } = useTranslation()
  const facts: [string, string][] = [
    [t('attack.aliases'), actor.aliases.join(', ')],
    [t('attack.form_name'), actor.form ? t(`attack.form.${actor.form}`, actor.form) : ''],
    [t('attack.platforms'), actor.platforms.join(', ')],
    [t('attack.coveredOf'), t('attack.coveredText', { covered: actor.covered, count: actor.techniques.length })],
  ]
  return (
    <div className="page">
      <Moved path={ACTOR_PATHS[actor.kind]} asked={actor.asked} id={actor.id} />
      <header className="panel alert-head">
        <div className="grow">
          <span className="dim">MITRE ATT&CK · {t(`attack.kind.${actor.kind}`)}</span>
          <h1><span className="num">{actor.id}</span> {actor.name}</h1>
          <dl className="alert-facts">
            {facts.filter(([, value]) => value !== '').map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
          </dl>
        </div>
        {actor.kind === 'group' && <HuntLink search={{ kind: 'group', group: actor.id }} />}
      </header>
      <div className="attack-lists">
        <section className="panel panel-body" style={{ gridColumn: actor.kind === 'mitigation' ? '1 / -1' : 'span 2' }}>
          <h2 className="section-title">{t(actor.kind === 'mitigation' ? 'attack.against' : 'attack.uses')} <span className="num">{actor.techniques.length}</span></h2>
          <ByTactic techniques={actor.techniques} />
        </section>
        {actor.kind !== 'mitigation' && (
          <ActorList title={t(actor.kind === 'group' ? 'attack.groupSoftware' : 'attack.softwareGroups')} kind={actor.kind === 'group' ? 'software' : 'group'} items={actor.others} />
        )}
      </div>
      <Notice text={actor.notice} />
    </div>
  )
}

/** The techniques under the tactics they serve, in the order of the matrix. */
function ByTactic({ techniques }: { techniques: UsedTechnique[] }) {
  const { t } = useTranslation()
  const text = useText()
  const tactics = useQuery(tacticsQuery).data?.items ?? []
  if (techniques.length === 0) return <p className="dim">{t('attack.none')}</p>
  return tactics
    .map((tactic) => ({ tactic, own: techniques.filter((one) => one.tactics.includes(tactic.id)) }))
    .filter(({ own }) => own.length > 0)
    .map(({ tactic, own }) => (
      <section key={tactic.id} aria-label={text(tactic.text)}>
        <h3 className="attack-tactic">{text(tactic.text)} <span className="dim num">{tactic.id}</span></h3>
        <ul className="bare">{own.map((one) => <li key={one.id}><Used technique={one} /></li>)}</ul>
      </section>
    ))
}

function Used({ technique }: { technique: UsedTechnique }) {
  const { t } = useTranslation()
  const { filters, models } = technique
  const counts = [filters > 0 && t('attack.filters', { count: filters }), models > 0 && t('attack.models', { count: models })].filter(Boolean).join(', ')
  return (
    <span className="attack-technique">
      <span className="attack-mark" data-colour="coverage" data-level={models > 0 ? 2 : filters > 0 ? 1 : 0} aria-hidden />
      <Link to="/attack/techniques/$id" params={{ id: technique.id }}><span className="num">{technique.id}</span> {technique.name}</Link>
      <span className="dim">{counts || t('attack.uncovered')}</span>
    </span>
  )
}
