import { Checkbox, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { todayQuery, useHuntChanges } from '../../api/hunts'
import type { TodayCheck } from '../../api/huntShapes'
import { useNotice } from '../../components/Notices'
import { Empty, Failed, Loading, useErrorText } from '../../components/States'
import { useText } from '../../i18n'

/** What is looked at every day: alerts, detections, and the watched queries; each done or not. */
export function Today() {
  const { t } = useTranslation()
  const found = useQuery(todayQuery)
  if (found.isPending) return <Loading lines={6} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  const { items } = found.data
  if (items.length === 0) return <Empty title={t('hunts.noChecks')} />
  const done = items.filter((one) => one.state === 'done').length
  return (
    <div className="today">
      <div className="row">
        <Progress className="grow" value={(100 * done) / items.length} aria-label={t('hunts.tab.today')} />
        <span className="num">{t('hunts.doneOf', { done, count: items.length })}</span>
      </div>
      <ul className="bare">{items.map((check) => <Check key={check.id} check={check} />)}</ul>
      <p className="dim">{t('hunts.todayHelp')}</p>
    </div>
  )
}

function Check({ check }: { check: TodayCheck }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const errorText = useErrorText()
  const { finishToday } = useHuntChanges()
  const name = text(check.name)
  const done = check.state === 'done'
  return (
    <li className="row today-check" data-state={check.state}>
      <Checkbox size="sm" aria-label={t('hunts.doneCheck', { name })} checked={done} disabled={done || finishToday.isPending} onChange={() => finishToday.mutate(check.id, { onError: (error) => notice.warn(errorText(error)) })} />
      <span className="badge">{t(`hunts.todayKind.${check.kind}`)}</span>
      {/* The server makes the address; it is one of this console's. */}
      <a className="grow" href={check.link}>{name}</a>
      <strong className="num">{check.count.toLocaleString()}</strong>
    </li>
  )
}
