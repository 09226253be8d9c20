import { Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeFilter, useChangeModel } from '../../api/content'
import type { FilterDetail, FilterRow, ModelRow, ModelRule } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { useNotice } from '../../components/Notices'
import { Severity } from '../../components/Severity'
import { useText } from '../../i18n'
import { useRefusal } from './refusal'

/** On or off. Switching off is asked back, for what is off finds nothing; the server refuses to switch on what lacks its data or its proof, and says so. */
export function ModelSwitch({ model }: { model: ModelRow }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const refusal = useRefusal()
  const may = useMay('content')
  const mutation = useChangeModel()
  const [asking, setAsking] = useState(false)
  const apply = (enabled: boolean) =>
    mutation.mutate(
      { id: model.id, changes: { enabled } },
      {
        onSuccess: () => notice.tell(t(enabled ? 'models.switchedOn' : 'models.switchedOff', { name: text(model.name) })),
        onError: (error) => notice.warn(`${text(model.name)}: ${refusal(error)}`),
        onSettled: () => setAsking(false),
      },
    )
  const turn = (enabled: boolean) => {
    if (!enabled) setAsking(true)
    else apply(true)
  }
  return (
    <>
      <Switch
        checked={model.enabled}
        disabled={!may || mutation.isPending}
        aria-label={t('models.switch', { name: text(model.name) })}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
      <Confirm
        opened={asking}
        title={t('models.offTitle')}
        message={t('models.offMessage')}
        target={<span className="row"><Severity level={model.severity} /><strong>{text(model.name)}</strong></span>}
        confirm={t('models.offConfirm')}
        busy={mutation.isPending}
        onConfirm={() => apply(false)}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}

/** One rule of a model; the others go on without it. */
export function RuleSwitch({ model, rule }: { model: ModelRow; rule: ModelRule }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const refusal = useRefusal()
  const may = useMay('content')
  const mutation = useChangeModel()
  const turn = (enabled: boolean) =>
    mutation.mutate(
      { id: model.id, changes: { rules: { [rule.id]: enabled } } },
      {
        onSuccess: () => notice.tell(t(enabled ? 'models.switchedOn' : 'models.switchedOff', { name: text(rule.name) })),
        onError: (error) => notice.warn(refusal(error)),
      },
    )
  return <Switch size="xs" checked={rule.enabled} disabled={!may || mutation.isPending} aria-label={t('models.switch', { name: text(rule.name) })} onChange={(event) => turn(event.currentTarget.checked)} />
}

/** A filter that is off makes no detections, so that models that build on it see nothing of it. */
export function FilterSwitch({ filter, modelCount }: { filter: FilterRow | FilterDetail; modelCount: number }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const refusal = useRefusal()
  const may = useMay('content')
  const mutation = useChangeFilter()
  const [asking, setAsking] = useState(false)
  const apply = (enabled: boolean) =>
    mutation.mutate(
      { id: filter.id, changes: { enabled } },
      {
        onSuccess: () => notice.tell(t(enabled ? 'models.switchedOn' : 'models.switchedOff', { name: text(filter.title) })),
        onError: (error) => notice.warn(refusal(error)),
        onSettled: () => setAsking(false),
      },
    )
  return (
    <>
      <Switch
        checked={filter.enabled}
        disabled={!may || mutation.isPending}
        aria-label={t('models.switch', { name: text(filter.title) })}
        onChange={(event) => (event.currentTarget.checked ? apply(true) : setAsking(true))}
      />
      <Confirm
        opened={asking}
        title={t('filters.offTitle')}
        message={t('filters.offMessage', { count: modelCount })}
        target={<span className="row"><Severity level={filter.risk} /><strong>{text(filter.title)}</strong></span>}
        confirm={t('models.offConfirm')}
        busy={mutation.isPending}
        onConfirm={() => apply(false)}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
