import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconFlaskOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Finding, Proof, Validation } from '../../api/contentShapes'
import { useErrorText } from '../../components/States'
import { useText } from '../../i18n'

type Props = { judged: Validation | undefined; busy: boolean; error: unknown; onGo: (line: number, column: number) => void }

/** What is wrong, and what to think about, each with its place; a click goes there. */
export function Problems({ judged, busy, error, onGo }: Props) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const failures = judged?.proof?.failures ?? []
  const count = (judged?.errors.length ?? 0) + (judged?.warnings.length ?? 0) + failures.length
  return (
    <div className="editor-problems" role="region" aria-label={t('editor.problems')} aria-live="polite" aria-busy={busy}>
      {error !== null && error !== undefined && <p className="problem" role="alert">{errorText(error)}</p>}
      {judged?.errors.map((one, index) => <Line key={`e${index}`} finding={one} bad onGo={onGo} />)}
      {failures.map((one) => <Failure key={one.test} failure={one} />)}
      {judged?.warnings.map((one, index) => <Line key={`w${index}`} finding={one} bad={false} onGo={onGo} />)}
      {judged?.ok && count === 0 && <p className="problem" style={{ margin: 0 }}><IconCircleCheck size={15} color="var(--h-ok)" aria-hidden /><span>{t('editor.noProblems')}</span></p>}
    </div>
  )
}

/** A test of its own that does not hold: it can be saved so, but not be switched on. */
function Failure({ failure }: { failure: Proof['failures'][number] }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <p className="problem" style={{ margin: 0 }} data-problem="proof">
      <IconFlaskOff size={15} color="var(--h-critical)" aria-label={t('proof.red')} />
      <span className="num mono">{failure.test}</span>
      <span>{text(failure.why)}</span>
    </p>
  )
}

function Line({ finding, bad, onGo }: { finding: Finding; bad: boolean; onGo: Props['onGo'] }) {
  const { t } = useTranslation()
  const text = useText()
  const Icon = bad ? IconCircleX : IconAlertTriangle
  const line = finding.line ?? 1
  const column = finding.column ?? 1
  return (
    <button type="button" className="plain problem" data-problem={bad ? 'error' : 'warning'} onClick={() => onGo(line, column)}>
      <Icon size={15} color={bad ? 'var(--h-critical)' : 'var(--h-medium)'} aria-label={t(bad ? 'editor.error' : 'editor.warning')} />
      <span className="num">{finding.line ? t('editor.place', { line, column }) : ''}</span>
      <span>
        {text(finding.message)}
        {finding.suggestion && !text(finding.message).includes(finding.suggestion) && <span className="dim"> {t('editor.suggestion', { text: finding.suggestion })}</span>}
      </span>
    </button>
  )
}
