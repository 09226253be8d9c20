import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useChangeModel } from '../../api/content'
import type { ModelRow } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import type { Severity as Level } from '../../api/shapes'
import type { Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { LEVELS } from '../../components/Severity'
import { useText } from '../../i18n'
import { FunnelMini } from './Funnel'
import { Needs, OriginMarks, PrecisionMark, ProofMark } from './Marks'
import { ModelSwitch } from './ModelSwitch'
import { SeverityPick } from './SeverityPick'

/** Models have no level "info": what is only for context raises no alert. */
const MODEL_LEVELS = LEVELS.filter((level) => level !== 'info')

export function useModelColumns(): Column<ModelRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'severity', header: t('column.severity'), width: '108px', order: 'severity', cell: (row) => <ModelSeverity model={row} /> },
    { key: 'name', header: t('column.name'), order: 'name', cell: (row) => <Name model={row} /> },
    { key: 'needs', header: t('column.needs'), width: '176px', cell: (row) => <Needs needs={row.needs} unavailable={row.unavailable} /> },
    { key: 'proof', header: t('column.proof'), width: '92px', cell: (row) => <ProofMark proof={row.proof} /> },
    { key: 'funnel', header: t('column.funnel'), width: '96px', cell: (row) => <FunnelMini funnel={row.funnel} /> },
    {
      key: 'alerts',
      header: t('column.alerts'),
      width: '80px',
      numeric: true,
      order: 'alerts',
      cell: (row) => (row.alertCount > 0 ? <Link to="/workbench" search={{ model: row.id, created: 'all', status: 'all' }}>{row.alertCount}</Link> : 0),
    },
    { key: 'precision', header: t('column.precision'), width: '96px', order: 'precision', cell: (row) => <PrecisionMark precision={row.precision} /> },
    { key: 'updated', header: t('column.updated'), width: '124px', order: 'updated', cell: (row) => <Updated at={row.updatedDateTime} by={row.updatedBy} /> },
    { key: 'enabled', header: t('column.enabled'), width: '84px', order: 'enabled', cell: (row) => <ModelSwitch model={row} /> },
  ]
}

function Name({ model }: { model: ModelRow }) {
  const text = useText()
  return (
    <>
      <span className="model-name">
        <Link to="/models/$id" params={{ id: model.id }} title={text(model.name)}>{text(model.name)}</Link>
        <OriginMarks origin={model.origin} edited={model.edited} conflict={model.conflict} />
      </span>
      <span className="dim clip" style={{ display: 'block', fontSize: 12 }} title={text(model.description)}>{text(model.description)}</span>
    </>
  )
}

/** When it last changed, and who did it. */
export function Updated({ at, by }: { at: string | null; by: string | null }) {
  return (
    <>
      <Moment short at={at} />
      {by && <span className="dim clip" style={{ display: 'block', fontSize: 12 }} title={by}>{by}</span>}
    </>
  )
}

export function ModelSeverity({ model }: { model: ModelRow }) {
  const { t } = useTranslation()
  const name = useText()(model.name)
  const outcome = useOutcome()
  const may = useMay('content')
  const { mutate, isPending } = useChangeModel()
  const pick = (severity: Level | null) => {
    const action = { label: t('action.undo'), run: () => pick(model.severity === model.defaultSeverity ? null : model.severity) }
    mutate({ id: model.id, changes: { severity } }, outcome(t('models.severitySet', { name, level: t(`severity.${severity ?? model.defaultSeverity}`) }), { action }))
  }
  return <SeverityPick label={t('models.severityOf', { name })} level={model.severity} own={model.defaultSeverity} levels={MODEL_LEVELS} disabled={!may || isPending} onPick={pick} />
}
