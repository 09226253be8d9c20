import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { techniqueQuery, type TechniqueDetail } from '../../api/attack'
import { Severity } from '../../components/Severity'
import { Loading } from '../../components/States'
import { Techniques } from '../../components/Techniques'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { ActorList, Moved, NotThere } from '../attack/pieces'
import { Notice } from '../attack/Notice'
import { HuntLink } from '../hunts/HuntLink'
import '../alert/alert.css'
import '../attack/attack.css'

/** One ATT&CK technique as this house knows it: where it belongs, who uses it, what we have against it. */
export function TechniquePage() {
  const { id } = useParams({ from: '/frame/attack/techniques/$id' })
  const technique = useQuery(techniqueQuery(id))
  usePageTitle(technique.data ? `${id} ${technique.data.name}` : id)
  if (technique.isPending) return <div className="page"><Loading lines={8} /></div>
  if (technique.isError) return <div className="page"><NotThere error={technique.error} onRetry={() => void technique.refetch()} /></div>
  return <Body technique={technique.data} />
}

function Body({ technique }: { technique: TechniqueDetail }) {
  const { t } = useTranslation()
  const text = useText()
  const { parent } = technique
  return (
    <div className="page">
      <Moved path="/attack/techniques/$id" asked={technique.asked} id={technique.id} />
      <header className="panel alert-head">
        <div className="grow">
          <span className="dim">MITRE ATT&CK</span>
          <h1><span className="num">{technique.id}</span> {technique.name}</h1>
          <dl className="alert-facts">
            <div><dt>{t('facet.tactic')}</dt><dd>{technique.tactics.map((one) => `${text(one.text) || one.name} (${one.id})`).join(', ') || '–'}</dd></div>
            {parent && <div><dt>{t('technique.parent')}</dt><dd><Techniques techniques={[parent]} named /></dd></div>}
            {technique.platforms.length > 0 && <div><dt>{t('technique.platforms')}</dt><dd>{technique.platforms.join(', ')}</dd></div>}
            <div><dt>{t('technique.detections')}</dt><dd className="num">{technique.detectionCount}</dd></div>
          </dl>
        </div>
        <HuntLink search={{ technique: technique.id }} />
        <Button variant="default" renderRoot={(props) => <Link to="/detections" search={{ technique: technique.id, range: 'all' }} {...props} />}>{t('filter.detections')}</Button>
      </header>
      <div className="three">
        <List title={t('technique.filters')} empty={t('technique.noFilters')}>
          {technique.filters.map((filter) => (
            <li key={filter.id} className="row tight"><Severity level={filter.risk} plain /><Link to="/filters/$id" params={{ id: filter.id }}>{text(filter.title)}</Link></li>
          ))}
        </List>
        <List title={t('technique.models')} empty={t('technique.noModels')}>
          {technique.models.map((model) => (
            <li key={model.id} className="row tight"><Severity level={model.severity} plain /><Link to="/models/$id" params={{ id: model.id }}>{text(model.name)}</Link></li>
          ))}
        </List>
        <List title={t('technique.sub')} empty="–">
          {technique.subtechniques.map((one) => <li key={one.id}><Techniques techniques={[one]} named /></li>)}
        </List>
        <ActorList title={t('technique.groups')} kind="group" items={technique.groups} />
        <ActorList title={t('technique.software')} kind="software" items={technique.software} />
        <ActorList title={t('technique.mitigations')} kind="mitigation" items={technique.mitigations} />
      </div>
      <Notice text={technique.notice} />
    </div>
  )
}

function List({ title, empty, children }: { title: string; empty: string; children: ReactNode[] }) {
  return (
    <section className="panel card" style={{ maxHeight: 360 }}>
      <h2>{title} <span className="num">{children.length || ''}</span></h2>
      {children.length === 0 ? <p className="dim">{empty}</p> : <ul className="bare col" style={{ gap: 4 }}>{children}</ul>}
    </section>
  )
}
