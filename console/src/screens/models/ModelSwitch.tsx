import { Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSwitchModel } from '../../api/content'
import { useMay } from '../../api/session'
import type { ModelRow } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { useNotice } from '../../components/Notices'
import { Severity } from '../../components/Severity'
import { useErrorText } from '../../components/States'
import { useText } from '../../i18n'

/** On or off. Switching off is asked back, for what is off finds nothing. */
export function ModelSwitch({ model }: { model: ModelRow }) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const errorText = useErrorText()
  const may = useMay('content')
  const mutation = useSwitchModel()
  const [asking, setAsking] = useState(false)
  const apply = (enabled: boolean) =>
    mutation.mutate(
      { id: model.id, enabled },
      {
        onSuccess: () => notice.tell(t(enabled ? 'models.switchedOn' : 'models.switchedOff', { name: text(model.name) })),
        onError: (error) => notice.warn(errorText(error)),
        onSettled: () => setAsking(false),
      },
    )
  return (
    <>
      <Switch
        checked={model.enabled}
        disabled={!may || mutation.isPending}
        aria-label={t('models.switch', { name: text(model.name) })}
        onChange={(event) => (event.currentTarget.checked ? apply(true) : setAsking(true))}
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
