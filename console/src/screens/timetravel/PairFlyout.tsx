import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../../api/content'
import type { Evidence, Pair } from '../../api/timeTravel'
import { FieldList } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { ObjectScope } from '../../components/ObjectMenu'
import { RecordView } from '../../components/RecordView'
import { Severity } from '../../components/Severity'
import { useText } from '../../i18n'
import { AlertLink, ReasonLine } from './Result'

/** One alert of the comparison: why it stands on its side, and its evidence; the alert itself where it was raised. */
export function PairFlyout({ pair, onClose }: { pair: Pair; onClose: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <aside className="panel flyout flyout-activity" aria-label={t('travel.one')} style={{ flex: 'none' }}>
      <div className="flyout-head">
        <div className="grow">
          <h2>{text(pair.model)}</h2>
          <span className="row wrap"><Severity level={pair.severity} plain /><Moment at={pair.firstEventDateTime} /><AlertLink pair={pair} /></span>
        </div>
        {pair.alert && <Button variant="default" renderRoot={(props) => <Link to="/workbench/alerts/$id" params={{ id: pair.alert?.id ?? '' }} {...props} />}>{t('travel.openAlert')}</Button>}
        <ActionIcon aria-label={t('action.close')} onClick={onClose}><IconX size={17} /></ActionIcon>
      </div>
      <div className="flyout-scroll panel-body col">
        <p style={{ margin: 0 }}>{t(`travelGroup.${pair.group}Help`)}</p>
        {pair.reasons.length > 0 && (
          <section>
            <h3 className="section-title">{t('travel.why')}</h3>
            <ul className="travel-reasons">{pair.reasons.map((reason, index) => <ReasonLine key={index} reason={reason} />)}</ul>
          </section>
        )}
        <p className="dim" style={{ margin: 0 }}>{t('travel.events', { count: pair.eventCount })} · <ModelLink pair={pair} /></p>
        {pair.evidence.length > 0 && <h3 className="section-title" style={{ margin: 0 }}>{t('travel.evidence')}</h3>}
        {pair.evidence.map((one) => <EvidenceOf key={`${one.uuid} ${one.filterId}`} evidence={one} />)}
      </div>
    </aside>
  )
}

/** A text that was only tried has no page, and a model that is gone has none any more. */
function ModelLink({ pair }: { pair: Pair }) {
  const text = useText()
  const models = useQuery(modelsQuery).data?.items ?? []
  if (!models.some((model) => model.id === pair.modelId)) return <span>{text(pair.model)}</span>
  return <Link to="/models/$id" params={{ id: pair.modelId }}>{text(pair.model)}</Link>
}

function EvidenceOf({ evidence }: { evidence: Evidence }) {
  const { t } = useTranslation()
  const text = useText()
  const [open, setOpen] = useState(false)
  return (
    <ObjectScope uuid={evidence.uuid}>
      <div className="travel-evidence">
        <div className="row">
          <Moment at={evidence.eventDateTime} />
          <strong className="grow clip">{evidence.endpointName}</strong>
          <button type="button" className="plain link" aria-expanded={open} onClick={() => setOpen(!open)}>{t('record.raw')}</button>
        </div>
        <Link to="/filters/$id" params={{ id: evidence.filterId }}>{text(evidence.filterTitle)}</Link>
        <FieldList fields={evidence.highlights.map(([field, value]) => ({ field, value }))} />
        {open && <RecordView uuid={evidence.uuid} timeMs={Date.parse(evidence.eventDateTime)} />}
      </div>
    </ObjectScope>
  )
}
