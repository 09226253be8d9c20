import { Button } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { entityQuery } from '../../api/entities'
import { ENTITY_KINDS, type EntityKind, type EntityPage as Entity } from '../../api/entityShapes'
import { AddressMark } from '../../components/AddressMark'
import { FilterChip } from '../../components/Chips'
import { Connections } from '../../components/Connections'
import { Moment } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Panel } from '../../components/Panel'
import { wishOf } from '../../components/response/wish'
import { RespondButton } from '../../components/response/RespondButton'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { Days } from './Days'
import { Alerts, Endpoints, Facts, Neighbours } from './EntityPanels'
import { entityQueryText, objectOfEntity } from './entityView'
import { RecentActivities } from './RecentActivities'
import '../endpoints/endpoints.css'
import '../models/models.css'
import './entity.css'

const DAYS = ['7', '30', '90', '365']

/** Everything the house knows of one endpoint, user, file, address, domain or process. */
export function EntityPage() {
  const { t } = useTranslation()
  const params = useParams({ from: '/frame/entities/$kind' })
  const [address] = useAddress()
  const kind = ENTITY_KINDS.find((one) => one === params.kind)
  const value = address.value ?? ''
  usePageTitle(value)
  if (!kind || value === '') return <div className="page"><Empty title={t('error.notFound')} /></div>
  return <Found key={`${kind} ${value}`} kind={kind} value={value} days={DAYS.find((one) => one === address.days) ?? '30'} />
}

function Found({ kind, value, days }: { kind: EntityKind; value: string; days: string }) {
  const found = useQuery(entityQuery(kind, value, Number(days)))
  return (
    <div className="page">
      <Head kind={kind} value={value} days={days} entity={found.data} />
      {found.isPending && <Loading lines={10} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Body entity={found.data} days={Number(days)} />}
    </div>
  )
}

function Head({ kind, value, days, entity }: { kind: EntityKind; value: string; days: string; entity: Entity | undefined }) {
  const { t } = useTranslation()
  const [, setAddress] = useAddress()
  const object = objectOfEntity(kind, value)
  const wish = wishOf(object, {})
  return (
    <div className="page-head entity-head">
      <div className="grow">
        <span className="dim">{t(`entityKind.${kind}`)}</span>
        <h1 className="row"><ObjectValue object={object}><span className="entity-name">{value}</span></ObjectValue>{(kind === 'address' || kind === 'domain') && entity && <AddressMark address={value} internal={entity.isInternal} asset={assetOf(entity)} />}</h1>
      </div>
      <FilterChip name={t('entity.window')} none="" chosen={[days]} options={DAYS.map((one) => ({ value: one, label: t('entity.lastDays', { count: Number(one) }) }))} onChoose={([one]) => setAddress({ days: one === '30' ? undefined : one })} />
      {wish && <RespondButton wish={wish} source="search" />}
      <Button variant="default" leftSection={<IconSearch size={14} />} renderRoot={(props) => <Link to="/search" search={{ query: entityQueryText(kind, value), range: 'all' }} {...props} />}>{t('menu.search')}</Button>
    </div>
  )
}

const assetOf = (entity: Entity | undefined) => (typeof entity?.facts.assetName === 'string' ? entity.facts.assetName : undefined)

function Body({ entity, days }: { entity: Entity; days: number }) {
  const { t } = useTranslation()
  const [host] = entity.endpoints.items
  const isEndpoint = entity.kind === 'endpoint'
  const here = isEndpoint ? { name: entity.value, guid: host?.guid } : undefined
  return (
    <ObjectScope endpoint={here}>
      <Figures entity={entity} />
      {!entity.complete && <p className="warn-line" style={{ margin: 0 }}>{t('entity.incomplete')}</p>}
      {entity.count === 0 && <Empty title={t('entity.never')}><p>{t('entity.neverHelp')}</p></Empty>}
      <div className="endpoint-page">
        <div className="col">
          <Panel title={t('entity.days')}><Days days={entity.days} wished={days} /></Panel>
          <Alerts alerts={entity.alerts} />
          {isEndpoint && host?.guid && <Connections guid={host.guid} at={entity.lastSeen} />}
          <RecentActivities query={entityQueryText(entity.kind, entity.value)} />
        </div>
        <div className="col">
          <Facts facts={entity.facts} />
          {!isEndpoint && <Endpoints endpoints={entity.endpoints} />}
          <Neighbours neighbours={isEndpoint ? entity.neighbours : entity.neighbours.filter((one) => one.kind !== 'endpoint')} />
        </div>
      </div>
    </ObjectScope>
  )
}

function Figures({ entity }: { entity: Entity }) {
  const { t } = useTranslation()
  const { endpoints } = entity
  return (
    <dl className="panel entity-figures">
      <div><dt>{t('search.firstSeen')}</dt><dd><Moment at={entity.firstSeen} /></dd></div>
      <div><dt>{t('search.lastSeen')}</dt><dd><Moment at={entity.lastSeen} /></dd></div>
      <div><dt>{t('search.count')}</dt><dd className="num">{entity.count.toLocaleString()}</dd></div>
      {entity.kind !== 'endpoint' && <div><dt>{t('entity.prevalence')}</dt><dd className={`num${endpoints.count <= 1 ? ' rare' : ''}`}>{t('check.onEndpoints', { endpoints: endpoints.count, of: endpoints.of })}</dd></div>}
      <div><dt>{t('column.alerts')}</dt><dd className="num">{entity.alerts.length}</dd></div>
    </dl>
  )
}
