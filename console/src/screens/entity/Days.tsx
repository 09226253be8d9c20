import { useTranslation } from 'react-i18next'
import type { EntityPage } from '../../api/entityShapes'
import { everyDay } from './entityView'

const HEIGHT = 46

/** Activities per day as small bars; each tells its day and count. */
export function Days({ days, wished }: { days: EntityPage['days']; wished: number }) {
  const { t } = useTranslation()
  const all = everyDay(days, wished)
  if (all.length === 0) return <p className="dim">{t('entity.noDays')}</p>
  const highest = Math.max(1, ...all.map((one) => one.count))
  const total = all.reduce((sum, one) => sum + one.count, 0)
  return (
    <figure className="entity-days" aria-label={t('entity.daysLabel', { count: total, days: all.length })}>
      <svg viewBox={`0 0 ${all.length * 10} ${HEIGHT}`} preserveAspectRatio="none" role="img">
        {all.map(({ day, count }, index) => {
          const height = count === 0 ? 0 : Math.max(2, (count / highest) * (HEIGHT - 2))
          return (
            <g key={day}>
              <title>{`${day}: ${count.toLocaleString()}`}</title>
              <rect x={index * 10} y={0} width={10} height={HEIGHT} fill="transparent" />
              <rect x={index * 10 + 1} y={HEIGHT - height} width={8} height={height} fill="var(--h-low)" />
            </g>
          )
        })}
      </svg>
      <figcaption className="num dim"><span>{all[0]?.day}</span><span>{all.at(-1)?.day} UTC</span></figcaption>
    </figure>
  )
}
