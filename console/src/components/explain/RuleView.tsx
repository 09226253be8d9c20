import { useTranslation } from 'react-i18next'
import type { RuleVerdict } from '../../api/explain'
import { useText } from '../../i18n'
import { Moment } from '../Moment'
import { Sign } from './VerdictTree'

/** One rule with its numbers: how many of how many, of whom, in which order. */
export function RuleView({ rule }: { rule: RuleVerdict }) {
  const { t } = useTranslation()
  const text = useText()
  if (rule.gone) return <p className="dim">{text(rule.name)}: {t('why.ruleGone')}</p>
  return (
    <div className="why-rule" data-testid="rule" data-met={rule.met}>
      <p className="row wrap">
        <Sign met={rule.met ?? false} />
        <strong>{text(rule.name)}</strong>
        <span className="dim">{t(`ruleType.${rule.type}`, rule.type)}</span>
      </p>
      <p>{text(rule.text)}</p>
      {(rule.groupBy ?? []).length > 0 && (
        <dl>
          {rule.groupBy?.map((group) => (
            <div key={group.field} style={{ display: 'contents' }}>
              <dt>{t('why.groupBy')} <span className="mono">{group.field}</span></dt>
              <dd className="mono">{group.values.join(', ') || '–'}{(group.names ?? []).length > 0 && ` (${group.names?.join(', ')})`}</dd>
            </div>
          ))}
        </dl>
      )}
      {(rule.steps ?? []).length > 0 && (
        <ol className="why-steps">
          {rule.steps?.map((step, index) => (
            <li key={index}>
              <Sign met={step.met} />
              <span className="num">{index + 1}.</span> <span className="mono">{step.filter}</span> {step.eventDateTime && <Moment at={step.eventDateTime} />}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
