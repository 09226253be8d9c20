import { ActionIcon } from '@mantine/core'
import { IconFilter, IconFilterOff, IconSitemap } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertDetail, Highlight } from '../../api/shapes'
import { valueText } from '../../components/FieldList'
import { HighlightCard } from '../../components/HighlightCard'
import { ObjectScope, type MenuObject } from '../../components/ObjectMenu'

/** The evidence in time order; a click on a title lights its objects in the graph. */
export function Highlights({ alert, lit, onLight }: { alert: AlertDetail; lit: string; onLight: (uuid: string) => void }) {
  const { t } = useTranslation()
  const [only, setOnly] = useState<MenuObject | null>(null)
  const ordered = [...alert.highlights].sort((a, b) => a.eventDateTime.localeCompare(b.eventDateTime))
  const shown = only ? ordered.filter((one) => holds(one, only)) : ordered
  return (
    <section className="panel highlights" aria-label={t('alert.highlights')}>
      <div className="panel-head">
        <h2>{t('alert.highlights')}</h2>
        <span className="dim num">{shown.length}{only && ` / ${ordered.length}`}</span>
        <span className="grow" />
        {only && (
          <button type="button" className="chip" data-changed="true" onClick={() => setOnly(null)} title={only.value}>
            <IconFilter size={13} aria-hidden />
            <strong className="mono">{only.field}</strong>
            <IconFilterOff size={13} aria-label={t('action.remove')} />
          </button>
        )}
      </div>
      <div className="highlights-body">
        <ObjectScope onFilterIn={setOnly}>
          {shown.map((highlight) => (
            <HighlightCard
              key={`${highlight.uuid}-${highlight.filterId}`}
              highlight={highlight}
              alertId={alert.id}
              lit={highlight.uuid === lit}
              onLight={() => onLight(highlight.uuid)}
              tools={<ProfileLink alertId={alert.id} uuid={highlight.uuid} />}
            />
          ))}
        </ObjectScope>
      </div>
    </section>
  )
}

export function holds(highlight: Highlight, object: Pick<MenuObject, 'field' | 'value'>): boolean {
  return highlight.fields.some((one) => one.field === object.field && valueText(one.value) === object.value)
}

function ProfileLink({ alertId, uuid }: { alertId: string; uuid: string }) {
  const { t } = useTranslation()
  return (
    <ActionIcon
      size={22}
      className="no-print"
      aria-label={t('menu.profile')}
      title={t('menu.profile')}
      renderRoot={(props) => <Link to="/workbench/alerts/$id" params={{ id: alertId }} search={{ tab: 'profile', uuid }} {...props} />}
    >
      <IconSitemap size={15} />
    </ActionIcon>
  )
}
