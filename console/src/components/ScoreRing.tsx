import { useTranslation } from 'react-i18next'
import type { Severity } from '../api/shapes'
import './severity.css'

/** The level a score looks like when no severity stands beside it: the bases of the score formula. */
export function levelOfScore(score: number): Severity {
  if (score >= 80) return 'critical'
  if (score >= 60) return 'high'
  if (score >= 40) return 'medium'
  return score >= 20 ? 'low' : 'info'
}

/** A score (0 to 99) as a number in a ring that fills clockwise from the top. */
export function ScoreRing({ score, level, size = 30 }: { score: number; level?: Severity; size?: number }) {
  const { t } = useTranslation()
  const stroke = Math.max(2.5, size / 12)
  const radius = (size - stroke) / 2
  const length = 2 * Math.PI * radius
  const part = Math.min(Math.max(score, 0), 99) / 99
  const middle = size / 2
  return (
    <svg className="score-ring" width={size} height={size} role="img" aria-label={t('score.label', { score })}>
      <circle className="track" cx={middle} cy={middle} r={radius} fill="none" strokeWidth={stroke} />
      <circle
        cx={middle}
        cy={middle}
        r={radius}
        fill="none"
        stroke={`var(--h-${level ?? levelOfScore(score)})`}
        strokeWidth={stroke}
        strokeLinecap="round"
        strokeDasharray={`${length * part} ${length}`}
        transform={`rotate(-90 ${middle} ${middle})`}
      />
      <text x={middle} y={middle} dy="0.36em" textAnchor="middle" fontSize={size * 0.4}>
        {score}
      </text>
    </svg>
  )
}
