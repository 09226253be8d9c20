import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { actionsQuery } from '../../api/response'
import type { Script } from '../../api/responseShapes'
import { useRespond } from '../../components/response/RespondProvider'
import { useText } from '../../i18n'

/** Opens the dialog of "Run custom script" with the script filled in; where and with which arguments is asked there. */
export function RunScript({ script }: { script: Script }) {
  const { t } = useTranslation()
  const text = useText()
  const respond = useRespond()
  const action = useQuery(actionsQuery('host')).data?.items.find((one) => one.name === 'run_script')
  if (!action) return null
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerPlay size={14} />}
      disabled={!action.allowed}
      title={action.allowed ? undefined : text(action.why)}
      onClick={() => respond({ action, hosts: [], given: { name: script.name }, source: 'scripts' })}
    >
      {t('scripts.run')}
    </Button>
  )
}
