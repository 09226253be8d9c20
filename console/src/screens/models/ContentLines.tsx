import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ContentKind, Proof } from '../../api/contentShapes'
import { ProofFailures } from './Marks'

/** The shipped text changed under a person's edit: the edit stays in effect until somebody decides. */
export function ConflictLine({ kind, id }: { kind: ContentKind; id: string }) {
  const { t } = useTranslation()
  const to = kind === 'filter' ? '/filters/$id/conflict' : '/models/$id/conflict'
  return (
    <div className="warn-line" role="status">
      <IconAlertTriangle size={17} color="var(--h-medium)" aria-hidden />
      <p className="grow">{t('origin.conflictHelp')}</p>
      <Button variant="default" renderRoot={(props) => <Link to={to} params={{ id }} {...props} />}>{t('conflict.open')}</Button>
    </div>
  )
}

/** Its own tests do not hold: it cannot be switched on. */
export function RedLine({ proof }: { proof: Proof }) {
  const { t } = useTranslation()
  return (
    <div className="warn-line bad" role="status">
      <IconCircleX size={17} color="var(--h-critical)" aria-hidden />
      <div className="grow"><p>{t('proof.help.red')}</p><ProofFailures proof={proof} /></div>
    </div>
  )
}
