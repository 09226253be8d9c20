import { useTranslation } from 'react-i18next'
import type { ActivityRow } from '../../api/shapes'
import type { Column } from '../../components/DataTable'
import { typeOfField, valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { whatHappened } from '../../components/whatHappened'

const WIDTHS: Record<string, string> = { endpointHostName: '130px', eventId: '120px', winEventId: '80px', processPid: '80px', eventSubId: '80px' }

/** The time of every activity, then the chosen fields; "summary" is the one field that says most. */
export function useSearchColumns(names: string[]): Column<ActivityRow>[] {
  const { t } = useTranslation()
  const time: Column<ActivityRow> = { key: 'eventTime', header: 'eventTime', width: '120px', cell: (row) => <Moment short at={row.eventTime as number} /> }
  const flexible = names.some((name) => !(name in WIDTHS))
  return [
    time,
    ...names.map((name): Column<ActivityRow> => ({
      key: name,
      header: name === 'summary' ? t('search.summary') : <span className="mono">{name}</span>,
      ...(WIDTHS[name] && flexible ? { width: WIDTHS[name] } : {}),
      cell: (row) => <Cell name={name} row={row} />,
    })),
  ]
}

function Cell({ name, row }: { name: string; row: ActivityRow }) {
  const { t } = useTranslation()
  if (name === 'summary') return <span className="mono clip" style={{ display: 'block' }} title={whatHappened(row)}>{whatHappened(row)}</span>
  const value = row[name]
  const text = valueText(value)
  if (text === '') return <span className="dim">–</span>
  if (/Time$/.test(name) && typeof value === 'number') return <Moment short at={value} />
  const shown = name === 'eventId' ? t(`eventId.${text}`, text) : text
  return (
    <ObjectScope uuid={String(row.uuid)}>
      <span className="clip" style={{ display: 'block' }} title={text}>
        <ObjectValue className={name === 'eventId' ? '' : 'mono'} object={{ type: typeOfField(name), field: name, value: text }}>{shown}</ObjectValue>
      </span>
    </ObjectScope>
  )
}
