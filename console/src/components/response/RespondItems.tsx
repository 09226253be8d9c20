import { Menu } from '@mantine/core'
import { IconBolt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { hostQuery } from '../../api/endpoints'
import { actionsQuery } from '../../api/response'
import type { ResponseAction } from '../../api/responseShapes'
import { useText } from '../../i18n'
import type { MenuObject, ObjectPlace } from '../ObjectMenu'
import { useRespond } from './RespondProvider'
import './response.css'
import { PhaseTag } from './TaskBar'
import { ordered, wishOf, type Wish } from './wish'

/** What may be done to the object: every action its kind knows, those that cannot be with the reason. */
export function RespondItems({ object, place }: { object: MenuObject; place: ObjectPlace }) {
  const wish = wishOf(object, place)
  return wish ? <Items wish={wish} alertId={place.alertId} /> : null
}

/** The actions for a wish; `why` of an action is in the reader's language, '' when it may be asked for. */
export function useOffers(wish: Wish): { action: ResponseAction; why: string }[] | undefined {
  const { t } = useTranslation()
  const text = useText()
  const [host] = wish.hosts
  const alone = wish.hosts.length === 1 && host !== undefined
  const endpoints = useQuery({ ...hostQuery(host ?? {}), enabled: alone })
  const [endpoint, another] = endpoints.data ?? []
  const found = useQuery({ ...actionsQuery(wish.objectType, endpoint && !another ? endpoint.guid : ''), enabled: !alone || !endpoints.isPending })
  const noSensor = alone && endpoints.data?.length === 0 && wish.objectType !== 'account'
  if (!found.data) return undefined
  const whyOf = (action: ResponseAction) => {
    if (!action.allowed) return text(action.why) || t('respond.notAllowed')
    return noSensor && action.kind === 'endpoint' ? t('respond.noSensorHere') : ''
  }
  return ordered(found.data.items).map((action) => ({ action, why: whyOf(action) }))
}

/** Which screen asked: kept with the task. */
export function sourceHere(alertId: string | undefined): string {
  return alertId ? 'workbench' : window.location.pathname.split('/')[1] || 'console'
}

function Items({ wish, alertId }: { wish: Wish; alertId: string | undefined }) {
  const { t } = useTranslation()
  const text = useText()
  const respond = useRespond()
  const offers = useOffers(wish)
  if (offers?.length === 0) return null
  return (
    <>
      <Menu.Label>{t('menu.response')}</Menu.Label>
      {!offers && <Menu.Item disabled>{t('state.loading')}</Menu.Item>}
      {offers?.map(({ action, why }) => (
        <Menu.Item
          key={action.name}
          leftSection={<IconBolt size={15} />}
          rightSection={<PhaseTag phase={action.phase} />}
          disabled={why !== ''}
          title={action.title.en}
          onClick={() => respond({ action, hosts: wish.hosts, given: wish.given, alertId, source: sourceHere(alertId) })}
        >
          {text(action.title)}
          {why && <span className="menu-why">{why}</span>}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  )
}
