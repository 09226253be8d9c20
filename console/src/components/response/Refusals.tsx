import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Asked } from '../../api/responseShapes'
import { useText } from '../../i18n'

/** What the server would not do: for all targets (`error`), or for some. */
export function Refusals({ error, refused }: { error: string; refused: { asked: Asked; target: string }[] }) {
  const { t } = useTranslation()
  const text = useText()
  if (error === '' && refused.length === 0) return null
  return (
    <div className="warn-line bad" role="alert">
      <div className="col">
        {error && <p>{error}</p>}
        {refused.map(({ asked, target }) => (
          <p key={target}>
            <strong>{target}</strong>: {text(asked.error?.text ?? asked.error?.message)}
            {asked.error?.task && <> <Link to="/response/tasks/$id" params={{ id: asked.error.task }}>{t('respond.other', { id: asked.error.task })}</Link></>}
          </p>
        ))}
      </div>
    </div>
  )
}
