import { ActionIcon } from '@mantine/core'
import { IconArrowsMaximize, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { alertQuery } from '../../api/workbench'
import type { AlertDetail } from '../../api/shapes'
import { AlertControls } from '../../components/AlertControls'
import { HighlightCard } from '../../components/HighlightCard'
import { ImpactScope } from '../../components/ImpactScope'
import { Moment } from '../../components/Moment'
import { ScoreRing } from '../../components/ScoreRing'
import { Severity } from '../../components/Severity'
import { Failed, Loading } from '../../components/States'
import { Status } from '../../components/Status'
import { useText } from '../../i18n'

/** The alert beside the list: enough to decide without leaving it. */
export function AlertFlyout({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const alert = useQuery(alertQuery(id))
  return (
    <aside className="panel flyout" aria-label={id} style={{ flex: 'none' }}>
      <div className="flyout-head">
        {alert.data && <ScoreRing score={alert.data.score} level={alert.data.severity} size={38} />}
        <FlyoutTitle id={id} alert={alert.data} />
        <ActionIcon aria-label={t('alert.openPage')} title={t('alert.openPage')} renderRoot={(props) => <Link to="/workbench/alerts/$id" params={{ id }} {...props} />}>
          <IconArrowsMaximize size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t('action.close')} onClick={onClose}>
          <IconX size={17} />
        </ActionIcon>
      </div>
      {alert.isPending && <Loading />}
      {alert.isError && <Failed error={alert.error} onRetry={() => void alert.refetch()} />}
      {alert.data && <FlyoutBody alert={alert.data} />}
    </aside>
  )
}

function FlyoutTitle({ id, alert }: { id: string; alert: AlertDetail | undefined }) {
  const text = useText()
  return (
    <div className="grow">
      <h2>{text(alert?.model) || id}</h2>
      <div className="row wrap" style={{ marginTop: 3 }}>
        <Link className="mono" to="/workbench/alerts/$id" params={{ id }}>{id}</Link>
        {alert && <Severity level={alert.severity} plain />}
        {alert && <Status status={alert.status} finding={alert.investigationResult} />}
      </div>
    </div>
  )
}

function FlyoutBody({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <>
      <div className="flyout-body">
        <p style={{ margin: 0 }}>{text(alert.description)}</p>
        <dl className="field-list plain-names">
          <dt>{t('column.impactScope')}</dt>
          <dd><ImpactScope scope={alert.impactScope} /></dd>
          <dt>{t('column.firstEvent')}</dt>
          <dd><Moment at={alert.firstEventDateTime} /></dd>
          <dt>{t('column.created')}</dt>
          <dd><Moment at={alert.createdDateTime} /></dd>
          <dt>{t('column.owner')}</dt>
          <dd>{alert.owner ?? '–'}</dd>
        </dl>
        <section>
          <h3 className="section-title">{t('alert.highlights')}</h3>
          <div className="col">
            {alert.highlights.slice(0, 5).map((highlight) => (
              <HighlightCard key={`${highlight.uuid}-${highlight.filterId}`} highlight={highlight} alertId={alert.id} />
            ))}
            {alert.highlights.length > 5 && (
              <Link to="/workbench/alerts/$id" params={{ id: alert.id }}>{t('alert.moreHighlights', { count: alert.highlights.length - 5 })}</Link>
            )}
          </div>
        </section>
      </div>
      <div className="flyout-foot">
        <AlertControls alert={alert} />
      </div>
    </>
  )
}
