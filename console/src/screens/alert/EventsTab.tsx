import { useTranslation } from 'react-i18next'
import type { AlertDetail } from '../../api/shapes'
import { Moment } from '../../components/Moment'
import { ObjectScope } from '../../components/ObjectMenu'
import { RecordView } from '../../components/RecordView'
import { Empty } from '../../components/States'
import { useText } from '../../i18n'
import { gravest } from './AlertPage'

/** Every activity of the evidence with its record. */
export function EventsTab({ alert, chosen, onChoose }: { alert: AlertDetail; chosen: string; onChoose: (uuid: string) => void }) {
  const { t } = useTranslation()
  const text = useText()
  const events = eventsOf(alert)
  const uuid = chosen || gravest(alert)?.uuid || events[0]?.uuid
  const now = events.find((event) => event.uuid === uuid)
  if (!uuid) return <Empty title={t('alert.noEvents')} />
  return (
    <div className="events">
      <ol className="bare events-list" aria-label={t('alert.tab.events')}>
        {events.map((event) => (
          <li key={event.uuid}>
            <button type="button" className="plain" aria-current={event.uuid === uuid} onClick={() => onChoose(event.uuid)}>
              <Moment at={event.at} />
              <span>{event.titles.map(text).join(', ')}</span>
            </button>
          </li>
        ))}
      </ol>
      <ObjectScope alertId={alert.id} uuid={uuid} filterId={now?.filters.length === 1 ? now.filters[0] : undefined}>
        <RecordView uuid={uuid} timeMs={now ? Date.parse(now.at) : undefined} />
      </ObjectScope>
    </div>
  )
}

/** The matched activities in time order, each once, with the filters it met. */
function eventsOf(alert: AlertDetail) {
  const events = new Map<string, { uuid: string; at: string; titles: AlertDetail['model'][]; filters: string[] }>()
  for (const filter of alert.rules.flatMap((rule) => rule.filters)) {
    for (const event of filter.matchedEvents) {
      const known = events.get(event.uuid) ?? { uuid: event.uuid, at: event.eventDateTime, titles: [], filters: [] }
      known.titles.push(filter.title)
      known.filters.push(filter.id)
      events.set(event.uuid, known)
    }
  }
  return [...events.values()].sort((a, b) => a.at.localeCompare(b.at))
}
