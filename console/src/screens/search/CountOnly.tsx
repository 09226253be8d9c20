import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { countQuery } from '../../api/search'
import { useSearch } from './context'
import { Refused, Waiting } from './Outcome'

/** How many there are, and no rows: the cheapest answer of a wide question. */
export function CountOnly() {
  const { t } = useTranslation()
  const { question } = useSearch()
  const found = useQuery({ ...countQuery(question), placeholderData: keepPreviousData })
  return (
    <section className="panel search-count" aria-live="polite">
      {found.isPending && <Waiting />}
      {found.isError && <Refused error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && !found.isError && (
        <>
          <strong className="num" data-testid="count">{found.data.count.toLocaleString()}</strong>
          <span className="dim">{t('search.countOf', { count: found.data.count })}</span>
        </>
      )}
    </section>
  )
}
