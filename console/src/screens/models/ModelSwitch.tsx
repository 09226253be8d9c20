import { Switch } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeFilter, useChangeModel } from '../../api/content'
import type { FilterDetail, FilterRow, ModelRow, ModelRule } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'
import { Severity } from '../../components/Severity'
import { useText } from '../../i18n'

type Outcome = ReturnType<ReturnType<typeof useOutcome>>
type Props = {
  name: string
  enabled: boolean
  busy: boolean
  apply: (enabled: boolean, outcome: Outcome) => void
  size?: 'xs'
  /** What is asked back before it is switched off; without it nothing is. */
  question?: { title: string; message: string; target: ReactNode }
}

/** On or off; told how it went. */
function ContentSwitch({ name, enabled, busy, apply, size, question }: Props) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const may = useMay('content')
  const [asking, setAsking] = useState(false)
  const turn = (on: boolean) => apply(on, outcome(t(on ? 'models.switchedOn' : 'models.switchedOff', { name }), { of: name, onEnd: () => setAsking(false) }))
  return (
    <>
      <Switch
        {...(size ? { size } : {})}
        checked={enabled}
        disabled={!may || busy}
        aria-label={t('models.switch', { name })}
        onChange={(event) => (event.currentTarget.checked || !question ? turn(event.currentTarget.checked) : setAsking(true))}
      />
      {question && <Confirm opened={asking} {...question} confirm={t('models.offConfirm')} busy={busy} onConfirm={() => turn(false)} onCancel={() => setAsking(false)} />}
    </>
  )
}

/** Switching off is asked back, for what is off finds nothing; the server refuses to switch on what lacks its data or its proof, and says so. */
export function ModelSwitch({ model }: { model: ModelRow }) {
  const { t } = useTranslation()
  const name = useText()(model.name)
  const { mutate, isPending } = useChangeModel()
  const question = { title: t('models.offTitle'), message: t('models.offMessage'), target: <span className="row"><Severity level={model.severity} /><strong>{name}</strong></span> }
  return <ContentSwitch name={name} enabled={model.enabled} busy={isPending} question={question} apply={(enabled, outcome) => mutate({ id: model.id, changes: { enabled } }, outcome)} />
}

/** One rule of a model; the others go on without it. */
export function RuleSwitch({ model, rule }: { model: ModelRow; rule: ModelRule }) {
  const name = useText()(rule.name)
  const { mutate, isPending } = useChangeModel()
  return <ContentSwitch size="xs" name={name} enabled={rule.enabled} busy={isPending} apply={(enabled, outcome) => mutate({ id: model.id, changes: { rules: { [rule.id]: enabled } } }, outcome)} />
}

/** A filter that is off makes no detections, so that models that build on it see nothing of it. */
export function FilterSwitch({ filter, modelCount }: { filter: FilterRow | FilterDetail; modelCount: number }) {
  const { t } = useTranslation()
  const name = useText()(filter.title)
  const { mutate, isPending } = useChangeFilter()
  const question = { title: t('filters.offTitle'), message: t('filters.offMessage', { count: modelCount }), target: <span className="row"><Severity level={filter.risk} /><strong>{name}</strong></span> }
  return <ContentSwitch name={name} enabled={filter.enabled} busy={isPending} question={question} apply={(enabled, outcome) => mutate({ id: filter.id, changes: { enabled } }, outcome)} />
}
