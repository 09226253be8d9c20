import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertRow } from '../../api/shapes'
import type { Column } from '../../components/DataTable'
import { ImpactScope } from '../../components/ImpactScope'
import { Moment } from '../../components/Moment'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Status } from '../../components/Status'
import { Techniques } from '../../components/Techniques'
import { useText } from '../../i18n'

/** The columns of an alert list; `narrow` leaves out what the flyout beside it shows. */
export function useAlertColumns(narrow = false): Column<AlertRow>[] {
  const { t } = useTranslation()
  const text = useText()
  return useMemo(() => {
    const first: Column<AlertRow>[] = [
      { key: 'status', header: t('column.status'), width: '98px', order: 'status', cell: (row) => <Status status={row.status} finding={row.investigationResult} /> },
      { key: 'score', header: t('column.score'), width: '70px', order: 'score', cell: (row) => <ScoreRing score={row.score} level={row.severity} /> },
      {
        key: 'id',
        header: t('column.workbenchId'),
        width: '160px',
        order: 'id',
        cell: (row) => <Link className="mono nowrap" to="/workbench/alerts/$id" params={{ id: row.id }}>{row.id}</Link>,
      },
      {
        key: 'model',
        header: t('column.model'),
        order: 'model',
        cell: (row) => <Link className="cell-model" to="/models/$id" params={{ id: row.modelId }} title={text(row.model)}>{text(row.model)}</Link>,
      },
      { key: 'severity', header: t('column.severity'), width: '86px', order: 'severity', cell: (row) => <Severity level={row.severity} plain /> },
      { key: 'scope', header: t('column.impactScope'), width: '100px', cell: (row) => <ImpactScope scope={row.impactScope} /> },
    ]
    if (narrow) return first
    return [
      ...first,
      { key: 'techniques', header: t('column.techniques'), width: '112px', cell: (row) => <Techniques techniques={row.techniques} most={1} /> },
      { key: 'first', header: t('column.firstEvent'), width: '126px', order: 'firstEventDateTime', cell: (row) => <Moment short at={row.firstEventDateTime} /> },
      { key: 'created', header: t('column.created'), width: '112px', order: 'createdDateTime', cell: (row) => <Moment short at={row.createdDateTime} /> },
      { key: 'owner', header: t('column.owner'), width: '74px', order: 'owner', cell: (row) => row.owner ?? <span className="dim">–</span> },
    ]
  }, [t, text, narrow])
}
