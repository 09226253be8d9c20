import { useTranslation } from 'react-i18next'
import type { Severity as Level } from '../api/shapes'
import './severity.css'

export const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'info']

// One shape per level, so that the level is read without colour: octagon, triangle, diamond, circle, ring.
const SHAPES: Record<Level, string> = {
  critical: 'M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z',
  high: 'M6 .5 12 11.5H0z',
  medium: 'M6 0l6 6-6 6-6-6z',
  low: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z',
  info: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1zm0 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
}

export function SeverityMark({ level, size = 10 }: { level: Level; size?: number }) {
  return (
    <svg className={`severity-mark severity-${level}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[level]} fill="currentColor" fillRule="evenodd" />
    </svg>
  )
}

/** A level as word, shape and colour. `plain` leaves out the ground, for dense tables. */
export function Severity({ level, plain = false }: { level: Level; plain?: boolean }) {
  const { t } = useTranslation()
  return (
    <span className={`severity severity-${level}${plain ? '' : ' severity-filled'}`} data-level={level}>
      <SeverityMark level={level} />
      {t(`severity.${level}`)}
    </span>
  )
}
