import { useTranslation } from 'react-i18next'
import type { Step } from '../../api/responseShapes'
import { Moment } from '../../components/Moment'
import { TaskStateWord, toneOf } from '../../components/response/TaskBar'
import { useLanguage } from '../../i18n'

/** Each moment in the life of a task: when, into which state, by whom, and what was noted. */
export function Steps({ steps }: { steps: Step[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const noteOf = (step: Step) => (language === 'ja' && typeof step.evidence?.note_ja === 'string' ? step.evidence.note_ja : step.note)
  return (
    <ol className="steps" data-testid="steps">
      {steps.map((step, index) => (
        <li key={`${step.state} ${step.at} ${index}`} data-tone={toneOf(step.state)}>
          <div>
            <div className="row wrap tight"><TaskStateWord state={step.state} /> <span className="dim"><Moment at={step.at} /></span> <span className="dim">{t(`who.${step.who}`, step.who)}</span></div>
            {noteOf(step) && <div style={{ overflowWrap: 'anywhere' }}>{noteOf(step)}</div>}
          </div>
        </li>
      ))}
    </ol>
  )
}
