import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DifferenceLine } from '../../api/contentShapes'
import { Empty } from '../../components/States'
import { folded, numbered, paired, type Block, type Pair, type Row } from './lineDifference'
import './editor.css'

export type Layout = 'split' | 'unified'

const COLUMNS: Record<Layout, string[]> = { split: ['line', '', 'line', ''], unified: ['line', 'line', 'op', ''] }

/** What went and what came, with line numbers; long equal runs are folded. */
export function Difference({ lines, layout }: { lines: DifferenceLine[]; layout: Layout }) {
  const { t } = useTranslation()
  const rows = useMemo(() => numbered(lines), [lines])
  if (rows.every((row) => row.op === ' ')) return <Empty title={t('versions.same')}><p>{t('versions.sameHelp')}</p></Empty>
  return (
    <div className="difference" tabIndex={0} role="region" aria-label={t('versions.difference')}>
      <table>
        {/* Named, for the first row may be a fold that spans them all. */}
        <colgroup>{COLUMNS[layout].map((kind, index) => <col key={index} className={kind} />)}</colgroup>
        <tbody>
          {layout === 'split'
            ? folded(paired(rows), (pair) => pair.left?.op === ' ').map((block, index) => <Part key={index} block={block} row={(pair, at) => <SplitRow key={at} pair={pair} />} />)
            : folded(rows, (row) => row.op === ' ').map((block, index) => <Part key={index} block={block} row={(one, at) => <UnifiedRow key={at} row={one} />} />)}
        </tbody>
      </table>
    </div>
  )
}

function Part<T>({ block, row }: { block: Block<T>; row: (one: T, at: number) => ReactNode }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  if (!block.folded || open) return <>{block.rows.map(row)}</>
  return (
    <tr className="fold">
      <td colSpan={4}><button type="button" className="plain link" onClick={() => setOpen(true)}>{t('versions.folded', { count: block.rows.length })}</button></td>
    </tr>
  )
}

const CLASS = { ' ': '', '+': 'came', '-': 'went' }

function SplitRow({ pair: { left, right } }: { pair: Pair }) {
  return <tr><Side row={left} number={left?.left} /><Side row={right} number={right?.right} /></tr>
}

function Side({ row, number }: { row: Row | null; number: number | null | undefined }) {
  const { t } = useTranslation()
  if (!row) return <><td className="line void" /><td className="void" /></>
  return (
    <>
      <td className={`line ${CLASS[row.op]}`}>{number}</td>
      <td className={CLASS[row.op]}>{row.op !== ' ' && <span className="visually-hidden">{t(row.op === '+' ? 'versions.came' : 'versions.went')} </span>}{row.text}</td>
    </>
  )
}

function UnifiedRow({ row }: { row: Row }) {
  return (
    <tr className={CLASS[row.op]}>
      <td className="line">{row.left}</td>
      <td className="line">{row.right}</td>
      <td className="op">{row.op}</td>
      <td>{row.text}</td>
    </tr>
  )
}
