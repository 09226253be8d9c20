import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cell, TacticColumn, TechniqueCell } from '../../api/attack'
import { useText } from '../../i18n'
import { isCovered, levelOf, type Colour } from './view'

type Props = { columns: TacticColumn[]; colour: Colour; search: string }

/** One column per tactic. Arrow keys move from cell to cell, Enter opens, Space unfolds. One cell is in the tab order. */
export function MatrixGrid({ columns, colour, search }: Props) {
  const { t } = useTranslation()
  const text = useText()
  const root = useRef<HTMLDivElement>(null)
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const toggle = (key: string) => setUnfolded((old) => new Set(old.has(key) ? [...old].filter((one) => one !== key) : [...old, key]))
  const first = columns.findIndex((column) => column.techniques.length > 0)
  return (
    <div className="matrix panel" ref={root} role="group" aria-label={t('attack.title')} onKeyDown={(event) => move(event, root.current, toggle)} data-colour={colour}>
      {columns.map((column, index) => (
        <section key={column.id} className="matrix-column" aria-label={text(column.text)}>
          <header>
            <h2>{text(column.text)}</h2>
            <span className="dim num">{column.id} · {t('attack.column', { covered: column.techniques.filter(isCovered).length, count: column.techniques.length })}</span>
          </header>
          <ul className="bare">
            {column.techniques.map((cell, place) => {
              const key = `${column.id}/${cell.id}`
              return <TechniqueItem key={key} place={key} cell={cell} colour={colour} open={unfolded.has(key) || (search !== '' && hasSub(cell, search))} first={index === first && place === 0} onToggle={toggle} />
            })}
          </ul>
        </section>
      ))}
    </div>
  )
}

function hasSub(cell: TechniqueCell, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return cell.subtechniques.some((one) => one.name.toLowerCase().includes(wanted) || one.id.toLowerCase().includes(wanted.replace('-', '.')))
}

function move(event: KeyboardEvent<HTMLDivElement>, root: HTMLDivElement | null, toggle: (key: string) => void) {
  const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]')
  if (!cell || !root || event.target !== cell) return
  const columns = [...root.querySelectorAll('.matrix-column')].map((one) => [...one.querySelectorAll<HTMLElement>('[data-cell]')]).filter((one) => one.length > 0)
  const column = columns.findIndex((one) => one.includes(cell))
  const row = columns[column]?.indexOf(cell) ?? 0
  const to: Record<string, [number, number]> = {
    ArrowDown: [column, row + 1], ArrowUp: [column, row - 1], ArrowRight: [column + 1, row], ArrowLeft: [column - 1, row], Home: [column, 0], End: [column, Infinity],
  }
  if (event.key === ' ' && cell.dataset.place) toggle(cell.dataset.place)
  else if (to[event.key]) {
    const [across, down] = to[event.key] as [number, number]
    const cells = columns[Math.max(0, Math.min(across, columns.length - 1))] ?? []
    const next = cells[Math.max(0, Math.min(down, cells.length - 1))]
    cell.tabIndex = -1
    if (next) {
      next.tabIndex = 0
      next.focus()
    }
  } else return
  event.preventDefault()
}

type ItemProps = { place: string; cell: TechniqueCell; colour: Colour; open: boolean; first: boolean; onToggle: (key: string) => void }

const TechniqueItem = memo(function TechniqueItem({ place, cell, colour, open, first, onToggle }: ItemProps) {
  const { t } = useTranslation()
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <li>
      <div className="row tight matrix-item">
        <CellLink cell={cell} colour={colour} place={place} tabbable={first} expanded={cell.subtechniques.length > 0 ? open : undefined} />
        {cell.subtechniques.length > 0 && (
          <button type="button" className="plain matrix-fold" tabIndex={-1} aria-expanded={open} aria-label={`${cell.id} ${t('attack.sub', { count: cell.subtechniques.length })}`} title={t('attack.sub', { count: cell.subtechniques.length })} onClick={() => onToggle(place)}>
            <Icon size={14} aria-hidden />
          </button>
        )}
      </div>
      {open && (
        <ul className="bare matrix-subs">
          {cell.subtechniques.map((one) => <li key={one.id}><CellLink cell={one} colour={colour} /></li>)}
        </ul>
      )}
    </li>
  )
})

type CellProps = { cell: Cell; colour: Colour; place?: string; tabbable?: boolean; expanded?: boolean | undefined }

function CellLink({ cell, colour, place, tabbable = false, expanded }: CellProps) {
  const { t } = useTranslation()
  const counts = [
    cell.filters > 0 && t('attack.filters', { count: cell.filters }),
    cell.models > 0 && t('attack.models', { count: cell.models }),
    cell.detections > 0 && t('attack.hits', { count: cell.detections }),
  ].filter(Boolean)
  return (
    <Link
      to="/attack/techniques/$id"
      params={{ id: cell.id }}
      className="matrix-cell"
      data-cell
      data-place={place}
      data-colour={colour}
      data-level={levelOf(cell, colour)}
      data-id={cell.id}
      tabIndex={tabbable ? 0 : -1}
      aria-expanded={expanded}
      title={[`${cell.id} ${cell.name}`, ...counts].join('\n')}
    >
      <span className="num dim">{cell.id}</span>
      <span lang="en">{cell.name}</span>
      {counts.length > 0 && <span className="visually-hidden">, {counts.join(', ')}</span>}
      {cell.detections > 0 && <span className="matrix-count num" aria-hidden>{short(cell.detections)}</span>}
    </Link>
  )
}

function short(count: number): string {
  return count < 1000 ? String(count) : `${Math.floor(count / 1000)}k`
}
