import { ActionIcon } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { DetectionRow } from '../../api/shapes'
import type { Column } from '../../components/DataTable'
import { typeOfField, valueText } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import { Severity } from '../../components/Severity'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'

export function useDetectionColumns(narrow: boolean, onHide: (filter: string) => void): Column<DetectionRow>[] {
  const { t } = useTranslation()
  const text = useText()
  const columns: Column<DetectionRow>[] = [
    { key: 'time', header: t('column.eventTime'), width: '120px', cell: (row) => <Moment short at={row.eventDateTime} /> },
    { key: 'risk', header: t('column.risk'), width: '88px', cell: (row) => <Severity level={row.risk} plain /> },
    {
      key: 'filter',
      header: t('column.filter'),
      cell: (row) => (
        <span className="row tight">
          <Link className="clip grow" to="/filters/$id" params={{ id: row.filterId }} title={text(row.title)}>{text(row.title)}</Link>
          <ActionIcon size={20} className="hide-filter" aria-label={t('detections.hide', { title: text(row.title) })} title={t('detections.hide', { title: text(row.title) })} onClick={() => onHide(row.filterId)}>
            <IconEyeOff size={14} />
          </ActionIcon>
        </span>
      ),
    },
    { key: 'techniques', header: t('column.techniques'), width: '150px', cell: (row) => <Techniques techniques={row.techniques} most={2} /> },
    {
      key: 'endpoint',
      header: t('column.endpoint'),
      width: '120px',
      cell: (row) => <ObjectScope uuid={row.uuid} filterId={row.filterId} endpoint={{ guid: row.endpointGuid, name: row.endpointName }}><ObjectValue object={{ type: 'host', field: 'endpointHostName', value: row.endpointName }} /></ObjectScope>,
    },
  ]
  if (narrow) return columns
  return [...columns, { key: 'highlights', header: t('alert.highlights'), cell: (row) => <Fields row={row} /> }]
}

/** The first deciding fields of a detection, each with its context menu. */
function Fields({ row }: { row: DetectionRow }) {
  const shown = row.highlights.filter((one) => one.field !== 'endpointHostName' && valueText(one.value) !== '').slice(0, 2)
  return (
    <ObjectScope uuid={row.uuid} filterId={row.filterId} endpoint={{ guid: row.endpointGuid, name: row.endpointName }}>
      {shown.map(({ field, value }) => (
        <div key={field} className="clip detection-field" title={valueText(value)}>
          <span className="dim">{field}</span> <ObjectValue className="mono" object={{ type: typeOfField(field), field, value: valueText(value) }} />
        </div>
      ))}
    </ObjectScope>
  )
}
