import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ActivityRow } from '../../api/shapes'
import { processOf } from '../../components/ActivityFlyout'
import type { Column } from '../../components/DataTable'
import { typeOfField, valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { PathText } from '../../components/PathText'
import { hostOf } from '../../components/response/wish'
import { whatHappened } from '../../components/whatHappened'
import { ColumnHead } from './ColumnHead'
import { aboutOf } from './neededColumns'
import { useFieldText } from './useFieldText'

const WIDTHS: Record<string, string> = { endpointHostName: '130px', eventId: '110px', winEventId: '90px', processPid: '90px', eventSubId: '80px', riskLevel: '90px' }

/** The time of every activity, then the chosen fields; "summary" is the one field that says most. */
export function useSearchColumns(names: string[]): Column<ActivityRow>[] {
  const { t } = useTranslation()
  const time: Column<ActivityRow> = { key: 'eventTime', header: t('column.eventTime'), width: '120px', cell: (row) => <Moment short at={row.eventTime as number} /> }
  const flexible = names.some((name) => !(name in WIDTHS))
  return [
    time,
    ...names.map((name): Column<ActivityRow> => ({
      key: name,
      header: <ColumnHead name={name} />,
      ...(WIDTHS[name] && flexible ? { width: WIDTHS[name] } : {}),
      cell: (row) => <Cell name={name} row={row} />,
    })),
  ]
}

function Cell({ name, row }: { name: string; row: ActivityRow }) {
  const textOf = useFieldText()
  if (name === 'summary') return <span className="mono clip" style={{ display: 'block' }} title={whatHappened(row)}>{whatHappened(row)}</span>
  const value = row[name]
  const text = valueText(value)
  if (text === '') return <span className="dim">–</span>
  const type = typeOfField(name)
  const process = type === 'process' || type === 'command' ? (processOf(row) ?? undefined) : undefined
  const plain = name === 'eventId' || name === 'riskLevel' ? '' : 'mono'
  const path = type === 'process' || type === 'file'
  const shown = (one: unknown) => {
    const text = valueText(one)
    return <ObjectValue key={text} className={plain} object={{ type, field: name, value: text, process, about: aboutOf(name, row) }}>{path ? <PathText text={text} /> : <span className="clip" style={{ display: 'block' }}>{textOf(name, one)}</span>}</ObjectValue>
  }
  return (
    <ObjectScope uuid={String(row.uuid)} endpoint={hostOf(row)}>
      <span className="path-value" title={text}>{Array.isArray(value) ? <EachOf values={value} shown={shown} /> : shown(value)}</span>
    </ObjectScope>
  )
}

const MOST_OF_A_LIST = 5 // the whole list stands in the record

/** A list is several values: each has a menu of its own. */
function EachOf({ values, shown }: { values: unknown[]; shown: (one: unknown) => ReactNode }) {
  const { t } = useTranslation()
  const more = values.length - MOST_OF_A_LIST
  return <>{[...new Set(values.slice(0, MOST_OF_A_LIST))].map(shown)}{more > 0 && <span className="dim">{t('facet.more', { count: more })}</span>}</>
}
