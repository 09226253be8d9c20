import { Button } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { CompletionItem, Question } from '../../api/searchShapes'
import { useKeys } from '../../frame/keys'
import { CompletionList } from './CompletionList'
import { QueryProblem } from './QueryProblem'
import { completed, piecesOf, replacedAt } from './queryPieces'
import { useCompletion } from './useCompletion'
import { useProblem } from './useProblem'

type Props = { question: Question; onRun: (query: string) => void }

/** The query: coloured, checked and completed while one types. Enter searches; Tab, or the arrows and Enter, take a completion. */
export function QueryLine({ question, onRun }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState(question.query)
  const area = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const problem = useProblem(text, question.dataset)
  const completion = useCompletion({ ...question, query: text })
  useEffect(() => setText(question.query), [question.query])
  useKeys({ '/': () => area.current?.focus() })
  const caretTo = (position: number) => requestAnimationFrame(() => area.current?.setSelectionRange(position, position))
  const take = (item: CompletionItem) => {
    const next = completed(text, completion.from, completion.to, item.insert)
    setText(next.text)
    caretTo(next.position)
    completion.ask(next.position)
  }
  const run = () => {
    completion.close()
    onRun(text.trim())
  }
  const mend = (suggestion: string) => {
    setText(replacedAt(text, problem?.at ?? 0, suggestion))
    area.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return // Enter that ends a Japanese conversion runs nothing
    if (completion.onKey(event, take)) return
    if (event.key === 'Enter') {
      event.preventDefault()
      run()
    }
  }
  const chosen = completion.opened && completion.chosen !== null ? `${listId}-${completion.chosen}` : undefined
  return (
    <form
      className="query"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <div className="query-line" data-wrong={problem !== null}>
        <IconSearch size={15} aria-hidden />
        <div className="query-box">
          <Painted text={text} wrong={problem?.at ?? null} />
          <textarea
            ref={area}
            rows={1}
            value={text}
            onChange={(event) => {
              // A pasted query may hold line breaks; the language knows none.
              setText(event.currentTarget.value.replaceAll(/[\r\n]+/g, ' '))
              completion.ask(event.currentTarget.selectionStart)
            }}
            onKeyDown={onKeyDown}
            onBlur={completion.close}
            placeholder={t('search.prompt')}
            aria-label={t('search.label')}
            aria-autocomplete="list"
            aria-controls={completion.opened ? listId : undefined}
            aria-activedescendant={chosen}
            aria-invalid={problem !== null}
            aria-describedby={problem ? `${listId}-problem` : undefined}
            maxLength={20_000}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autoFocus
          />
        </div>
        <Button type="submit" size="xs">{t('search.run')}</Button>
      </div>
      {problem && <QueryProblem id={`${listId}-problem`} problem={problem} onMend={mend} />}
      {completion.opened && <CompletionList id={listId} items={completion.items} chosen={completion.chosen} left={completion.from} text={text} onTake={take} />}
    </form>
  )
}

/** The same text behind the one that is typed: it gives the colours, the underline, and the height. */
function Painted({ text, wrong }: { text: string; wrong: number | null }) {
  return (
    <div className="query-paint" aria-hidden>
      {piecesOf(text, wrong).map((piece, index) => <span key={index} className={`is-${piece.kind}${piece.wrong ? ' query-wrong' : ''}`}>{piece.text}</span>)}
      {/* A last line break would have no height. */}
      {'\u200b'}
    </div>
  )
}
