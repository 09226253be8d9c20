import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Explanation } from '../../api/explain'
import { useText } from '../../i18n'
import { Sign, VerdictTree } from './VerdictTree'

/** Why one filter met one activity, or why not: the sentence first, then the whole condition. */
export function ExplanationView({ told }: { told: Explanation }) {
  const { t } = useTranslation()
  const text = useText()
  if (!told.why || told.met === undefined) return <p className="dim">{told.missing ?? t('why.gone')}</p>
  return (
    <div className="explanation" data-testid="explanation" data-met={told.met}>
      <p className="explanation-reason"><Sign met={told.met} /><span>{text(told.reason)}</span></p>
      {(told.obstacles ?? []).map((one) => <p key={`${one.kind}-${one.id}`} className="row tight explanation-obstacle"><IconAlertTriangle size={15} aria-hidden />{text(one.text)}</p>)}
      {told.reading === 'projected' && <p className="dim" style={{ margin: 0 }}>{t('why.projected')}</p>}
      <VerdictTree verdict={told.why} label={`${t('why.tree')}: ${text(told.title)}`} />
    </div>
  )
}
