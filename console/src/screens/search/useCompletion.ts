import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type KeyboardEvent } from 'react'
import { completionQuery } from '../../api/search'
import type { CompletionItem, Question } from '../../api/searchShapes'

const REST_MS = 120
const NOTHING: CompletionItem[] = []

/** What may stand at the cursor. Nothing is chosen until the arrows choose it, so that Enter searches. */
export function useCompletion(question: Question) {
  const [position, setPosition] = useState<number | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const [asked] = useDebouncedValue(position === null ? null : { question, position }, REST_MS)
  const found = useQuery({ ...completionQuery(asked?.question ?? question, asked?.position ?? 0), enabled: asked !== null && position !== null, placeholderData: keepPreviousData })
  const isCurrent = asked?.question.query === question.query && asked.position === position && !found.isPlaceholderData
  const items = position !== null && isCurrent ? (found.data?.items ?? NOTHING) : NOTHING
  const opened = items.length > 0
  const close = () => {
    setPosition(null)
    setChosen(null)
  }
  const ask = (at: number) => {
    setPosition(at)
    setChosen(null)
  }
  const step = (by: 1 | -1) => setChosen((old) => (old === null ? (by === 1 ? 0 : items.length - 1) : (old + by + items.length) % items.length))

  /** Answers the keys of an open list; true when the key was for it. */
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>, take: (item: CompletionItem) => void): boolean => {
    if (event.key === ' ' && event.ctrlKey) ask(event.currentTarget.selectionStart)
    else if (!opened) return false
    else if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'ArrowUp') step(-1)
    else if (event.key === 'Escape') close()
    else if (event.key === 'Tab' && !event.shiftKey && items[chosen ?? 0]) take(items[chosen ?? 0] as CompletionItem)
    else if (event.key === 'Enter' && chosen !== null && items[chosen]) take(items[chosen])
    else return false
    event.preventDefault()
    return true
  }
  return { opened, items, chosen, from: found.data?.from ?? 0, to: found.data?.to ?? 0, ask, close, onKey }
}
