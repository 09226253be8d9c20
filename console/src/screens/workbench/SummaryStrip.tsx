import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { summaryQuery } from '../../api/workbench'
import { useSpan } from '../../components/Moment'
import { LEVELS, SeverityMark } from '../../components/Severity'
import type { ChangeView } from './Workbench'

/** Four figures: open by severity, unchecked today, mean time to first look, oldest open High. */
export function SummaryStrip({ onView }: { onView: ChangeView }) {
  const { t } = useTranslation()
  const span = useSpan()
  const { data } = useQuery(summaryQuery)
  const mean = data?.meanTimeToFirstLookSeconds
  const oldest = data?.oldestOpenHigh
  const age = oldest ? (Date.now() - Date.parse(oldest.createdDateTime)) / 1000 : 0
  return (
    <dl className="summary-strip" aria-label={t('summary.label')}>
      <Figure name={t('summary.open')}>
        {LEVELS.filter((level) => level !== 'info').map((level) => (
          <button
            key={level}
            type="button"
            className="plain summary-level"
            title={t('summary.show', { level: t(`severity.${level}`) })}
            onClick={() => onView({ tab: 'alerts', severities: [level], statuses: ['Open', 'In Progress'], created: 'all', search: '' }, true)}
          >
            <SeverityMark level={level} />
            <span className="visually-hidden">{t(`severity.${level}`)}</span>
            {data ? (data.open[level] ?? 0) : '–'}
          </button>
        ))}
      </Figure>
      <Figure name={t('summary.unchecked')} wanted={(data?.uncheckedToday ?? 0) > 0}>
        {data ? data.uncheckedToday : '–'}
      </Figure>
      <Figure name={t('summary.firstLook')}>{mean === null || mean === undefined ? '–' : span(mean)}</Figure>
      <Figure name={t('summary.oldest')}>
        {oldest ? (
          <Link to="/workbench/alerts/$id" params={{ id: oldest.id }} title={oldest.id}>
            {span(age)}
          </Link>
        ) : (
          '–'
        )}
      </Figure>
    </dl>
  )
}

function Figure({ name, children, wanted = false }: { name: string; children: ReactNode; wanted?: boolean }) {
  return (
    <div className="summary-figure" data-wanted={wanted}>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  )
}
