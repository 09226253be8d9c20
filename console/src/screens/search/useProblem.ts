import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../../api/client'
import { checkQuery } from '../../api/search'
import type { Dataset } from '../../api/searchShapes'
import { useText } from '../../i18n'

/** `at`: where in the query the mistake begins, from 0; null when the server names no place. */
export type Problem = { message: string; at: number | null; suggestion: string | null }

const REST_MS = 350

/** What is wrong with the query as it is typed; null while it is right, or not yet judged. */
export function useProblem(text: string, dataset: Dataset): Problem | null {
  const [settled] = useDebouncedValue(text, REST_MS)
  const say = useText()
  const { data } = useQuery(checkQuery({ query: settled, dataset }))
  if (settled !== text || settled.trim() === '' || !data?.problem) return null
  const { text: told, at, suggestion } = data.problem
  return { message: say(told), at: at === null ? null : at - 1, suggestion }
}

/** A refusal of a query, as what can be shown beside it. */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof ApiError) || error.status !== 400) return null
  const { at, suggestion } = (error.details.details ?? {}) as { at?: unknown; suggestion?: unknown }
  return {
    message: error.message,
    at: typeof at === 'number' && at >= 1 ? at - 1 : null,
    suggestion: typeof suggestion === 'string' && suggestion !== '' ? suggestion : null,
  }
}
