import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CompletionItem } from '../../api/searchShapes'
import { useText } from '../../i18n'
import type { PieceKind } from './queryPieces'

/** The colours of the query line. */
const COLOURS: Record<CompletionItem['kind'], PieceKind> = { field: 'field', operator: 'word', keyword: 'word', value: 'text' }

/** `left`: the offset in `text` under which the list opens. */
type Props = { id: string; items: CompletionItem[]; chosen: number | null; left: number; text: string; onTake: (item: CompletionItem) => void }

/** What may stand at the cursor: fields, operators, and values with how often they occur. */
export function CompletionList({ id, items, chosen, left, text, onTake }: Props) {
  const { t } = useTranslation()
  const say = useText()
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' })
  }, [chosen])
  return (
    <div className="completion" style={{ left: `min(36px + ${[...text.slice(0, left)].length}ch, 55%)` }}>
      <ul ref={list} id={id} role="listbox" aria-label={t('search.completions')}>
        {items.map((item, index) => (
          <li
            key={`${item.kind} ${item.insert}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            // The text keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(item)}
          >
            <span className={`mono is-${COLOURS[item.kind]}`}>{item.label}</span>
            <span className="dim clip grow">{say(item.help)}</span>
            {typeof item.count === 'number' && <span className="num dim">{item.count.toLocaleString()}</span>}
            <span className="completion-kind">{t(`search.completion.${item.kind}`)}</span>
          </li>
        ))}
      </ul>
      <footer>{t('search.completionHelp')}</footer>
    </div>
  )
}
