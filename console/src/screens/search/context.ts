import { createContext, useContext } from 'react'
import type { Question } from '../../api/searchShapes'
import type { View } from './view'

/** What every part of Search shares: the view, the question it asks now, and the ways to change it. */
export type SearchHands = {
  view: View
  question: Question
  change: (changes: Partial<View>, push?: boolean) => void
  run: (query: string) => void
  /** Narrows the query by a value of a field: with it, or without it. */
  narrow: (field: string, value: unknown, without?: boolean) => void
  /** Asks the same again, up to this moment. */
  refresh: () => void
}

export const SearchContext = createContext<SearchHands | null>(null)

export function useSearch(): SearchHands {
  const hands = useContext(SearchContext)
  if (!hands) throw new Error('outside of Search')
  return hands
}
