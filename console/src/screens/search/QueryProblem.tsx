import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Problem } from './useProblem'

/** What is wrong with the query, and the way out in one click. */
export function QueryProblem({ id, problem, onMend }: { id: string; problem: Problem; onMend: (suggestion: string) => void }) {
  const { t } = useTranslation()
  const { suggestion } = problem
  return (
    <div id={id} className="query-problem" role="alert">
      <IconAlertTriangle size={14} aria-hidden />
      <span>{problem.message}</span>
      {suggestion && (
        <button type="button" className="plain link" onClick={() => onMend(suggestion)}>
          {t('search.useInstead', { text: suggestion })}
        </button>
      )}
    </div>
  )
}
