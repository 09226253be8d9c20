import { Button } from '@mantine/core'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useContentChanges } from '../../api/content'
import type { ContentKind, Origin } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import type { Text } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'
import { useText } from '../../i18n'

type Props = { kind: ContentKind; id: string; name: Text; origin: Origin; edited: boolean }

/** Custom content is deleted; an edit of shipped content is given up. Shipped content as it is can only be switched off. */
export function RemoveContent({ kind, id, name, origin, edited }: Props) {
  const { t } = useTranslation()
  const text = useText()
  const outcome = useOutcome()
  const navigate = useNavigate()
  const may = useMay('content')
  const { remove } = useContentChanges(kind)
  const [asking, setAsking] = useState(false)
  const custom = origin === 'custom'
  if (!may || (!custom && !edited)) return null
  const run = () =>
    remove.mutate(
      { id, gone: custom },
      outcome(t(custom ? 'content.deleted' : 'content.givenUp', { name: text(name) }), {
        onDone: () => {
          setAsking(false)
          if (custom) void navigate({ to: kind === 'filter' ? '/filters' : '/models' })
        },
      }),
    )
  return (
    <>
      <Button variant="subtle" color="red" justify="flex-start" leftSection={custom ? <IconTrash size={15} /> : <IconArrowBackUp size={15} />} onClick={() => setAsking(true)}>
        {t(custom ? 'action.delete' : 'content.giveUp')}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={t(custom ? 'content.deleteTitle' : 'content.giveUpTitle')}
        message={t(custom ? 'content.deleteMessage' : 'content.giveUpMessage')}
        target={<strong>{text(name)}</strong>}
        confirm={t(custom ? 'action.delete' : 'content.giveUp')}
        busy={remove.isPending}
        onConfirm={run}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
