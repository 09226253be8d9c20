import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place, Verdict } from '../../api/explain'
import { valueText } from '../FieldList'
import { piecesOf, SHORT } from './pieces'
import './explain.css'

/** A filter's condition part by part: what each wanted, what it found and where. Arrow keys walk and fold it. */
export function VerdictTree({ verdict, label }: { verdict: Verdict; label: string }) {
  const root = useRef<HTMLDivElement>(null)
  return (
    <div className="verdicts" role="tree" aria-label={label} ref={root} onKeyDown={(event) => walk(event, root.current)}>
      {(verdict.kind === 'all' && verdict.parts ? verdict.parts : [verdict]).map((part, index) => (
        <Node key={index} verdict={part} depth={1} inverted={false} first={index === 0} />
      ))}
    </div>
  )
}

function walk(event: KeyboardEvent<HTMLDivElement>, root: HTMLDivElement | null) {
  const items = [...(root?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? [])]
  const at = items.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  const step: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }
  const to = step[event.key]
  if (to === undefined) return
  items[Math.max(0, Math.min(to, items.length - 1))]?.focus()
  event.preventDefault()
  event.stopPropagation()
}

/** The value that was found stands above already: a list of values of one field is looked for in the same value. */
function repeats(part: Verdict, before: Verdict | undefined): boolean {
  return !part.met && before !== undefined && !before.met && part.kind === 'predicate' && part.field === before.field && valueText(part.found) === valueText(before.found)
}

type NodeProps = { verdict: Verdict; depth: number; inverted: boolean; first?: boolean; again?: boolean }

function Node({ verdict, depth, inverted, first = false, again = false }: NodeProps) {
  const { t } = useTranslation()
  const parts = verdict.kind === 'log source' && verdict.met ? [] : (verdict.parts ?? [])
  const [open, setOpen] = useState(true)
  const [whole, setWhole] = useState(false)
  const matters = verdict.kind === 'any' && verdict.met && !whole ? parts.filter((part) => part.met) : parts
  const shown = whole ? matters : matters.slice(0, MOST)
  const hidden = parts.length - shown.length
  const inner = verdict.kind === 'not' ? !inverted : inverted
  const fold = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || parts.length === 0) return
    if (event.key === 'ArrowLeft') setOpen(false)
    else if (event.key === 'ArrowRight') setOpen(true)
    else if (event.key === 'Enter') setOpen(!open)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <div
        className="verdict"
        role="treeitem"
        tabIndex={first ? 0 : -1}
        aria-level={depth}
        aria-expanded={parts.length ? open : undefined}
        data-kind={verdict.kind}
        data-met={verdict.met}
        style={{ paddingLeft: (depth - 1) * 20 }}
        onKeyDown={fold}
        onClick={(event) => event.target === event.currentTarget && parts.length > 0 && setOpen(!open)}
      >
        <Sign met={verdict.met} helps={verdict.met !== inverted} />
        <div className="grow"><Face verdict={verdict} again={again} /></div>
      </div>
      {open && shown.map((part, index) => <Node key={index} verdict={part} depth={depth + 1} inverted={inner} again={repeats(part, shown[index - 1])} />)}
      {open && hidden > 0 && (
        <button type="button" className="plain link verdict-more" style={{ marginLeft: depth * 20 }} onClick={() => setWhole(true)}>
          {t('why.more', { count: hidden })}
        </button>
      )}
      {open && (verdict.omitted ?? 0) > 0 && <p className="dim" style={{ marginLeft: depth * 20 }}>{t('why.omitted', { count: verdict.omitted ?? 0 })}</p>}
    </>
  )
}

const MOST = 20

/** Green is what speaks for the detection: under "not", what is not met. The words say it too. */
export function Sign({ met, helps = met }: { met: boolean; helps?: boolean }) {
  const { t } = useTranslation()
  const Icon = met ? IconCircleCheck : IconCircleX
  return <Icon size={16} className={helps ? 'sign-yes' : 'sign-no'} role="img" aria-label={met ? t('why.met') : t('why.unmet')} />
}

function Face({ verdict, again }: { verdict: Verdict; again: boolean }): ReactNode {
  const { t } = useTranslation()
  switch (verdict.kind) {
    case 'predicate':
      return <Predicate verdict={verdict} again={again} />
    case 'log source':
      return <span>{t('why.logSource')} <code>{valueText(verdict.wanted)}</code>{!verdict.met && <> · {t('why.found')} <code>{valueText(verdict.found)}</code></>}</span>
    case 'demand':
      return <span>{t(`why.demand.${verdict.field ?? ''}`, verdict.field ?? '')} <code>{valueText(verdict.wanted)}</code> · {t('why.found')} <code>{valueText(verdict.found) || '–'}</code></span>
    default:
      return <strong>{t(`why.kind.${verdict.kind}`)}</strong>
  }
}

function Predicate({ verdict, again }: { verdict: Verdict; again: boolean }) {
  const { t } = useTranslation()
  const { field, vocabulary, operator = '', wantedText = '' } = verdict
  return (
    <>
      <span className="row wrap tight">
        <span className="mono">{field ?? t('why.anyText')}</span>
        {vocabulary && vocabulary !== field && <span className="mono dim">({vocabulary})</span>}
        <span className="verdict-operator">{t(`why.operator.${operator}`, operator)}</span>
        {wantedText !== '' && <Value value={wantedText} />}
        {verdict.cased && <span className="dim">{t('why.cased')}</span>}
      </span>
      {!again && (
        <div className="verdict-found">
          <Found verdict={verdict} />
          {verdict.where && <Where place={verdict.where} />}
        </div>
      )}
    </>
  )
}

function Found({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation()
  const { found, spans = [], members = 0, from = 0, length } = verdict
  if (found === null || found === undefined) return <span className="dim">{t('why.nothing')}</span>
  const text = typeof found === 'string' ? found : valueText(found)
  return (
    <>
      <Value value={text} spans={spans} before={from > 0} after={length !== undefined && from + Array.from(text).length < length} total={length} />
      {members > 1 && <span className="dim"> {t('why.members', { count: members })}</span>}
    </>
  )
}

type ValueProps = { value: string; spans?: [number, number][]; before?: boolean; after?: boolean; total?: number | undefined }

/** A value as text, the characters that met marked; a long one shortened until asked for. */
function Value({ value, spans = [], before = false, after = false, total }: ValueProps) {
  const { t } = useTranslation()
  const [whole, setWhole] = useState(false)
  const cut = piecesOf(value, spans, whole ? Infinity : SHORT)
  const more = cut.before || cut.after
  return (
    <span className="verdict-value mono">
      {(cut.before || before) && '…'}
      {cut.pieces.map((piece, index) => (piece.met ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>))}
      {(cut.after || after) && '…'}
      {(more || whole) && (
        <button type="button" className="plain link verdict-expand" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('why.shorter') : t('why.whole', { count: total ?? Array.from(value).length })}
        </button>
      )}
      {whole && (before || after) && <span className="dim"> {t('why.cut')}</span>}
    </span>
  )
}

function Where({ place }: { place: Place }) {
  const { t } = useTranslation()
  if (place.how === 'absent') return null
  const spans = place.spans?.map(([start, end]) => `${start}–${end}`).join(', ')
  const at = place.path ?? (place.from.join(', ') || '–')
  return (
    <span className="verdict-where dim">
      {place.how !== 'recorded' && place.how !== 'keyword' && <span>{t(`why.how.${place.how}`)} </span>}
      {!['ancestry', 'listed', 'unknown'].includes(place.how) && <code>{at}</code>}
      {spans && <span className="num"> [{spans}]</span>}
    </span>
  )
}
