import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'
import type { Finding, Proof } from '../api/contentShapes'
import type { Text } from '../api/shapes'
import { useErrorText } from './States'
import { useText } from '../i18n'

/** The proofs that stand in the way of switching content on, when that is why the server refused. */
export function failuresOf(error: unknown): Proof['failures'] {
  return error instanceof ApiError ? ((error.details.proof as Proof | undefined)?.failures ?? []) : []
}

/** What is wrong with a text that the server would not keep. */
function findingsOf(error: unknown): Finding[] {
  const found = error instanceof ApiError ? error.details.errors : undefined
  return Array.isArray(found) ? (found as Finding[]) : []
}

/** The words of a refusal: red proofs by name, what is wrong with the text, else the server's text pair, else the usual words. */
export function useRefusal(): (error: unknown) => string {
  const { t } = useTranslation()
  const text = useText()
  const usual = useErrorText()
  return (error) => {
    const failures = failuresOf(error)
    if (failures.length > 0) return t('proof.refused', { failures: failures.map((one) => `${one.test}: ${text(one.why)}`).join('; ') })
    const findings = findingsOf(error)
    if (findings.length > 0) return findings.map((one) => `${one.line ? `${t('editor.place', { line: one.line, column: one.column ?? 1 })} ` : ''}${text(one.message)}`).join('; ')
    if (error instanceof ApiError && error.code === 'Exists') return t('refusal.exists', { id: String(error.details.id) })
    if (error instanceof ApiError && error.code === 'InUse') return t('refusal.inUse', { models: (error.details.models as string[]).join(', ') })
    if (error instanceof ApiError && error.code === 'NotCustom') return t('refusal.notCustom')
    const told = error instanceof ApiError ? (error.details.text as Text | undefined) : undefined
    return told?.en ? text(told) : usual(error)
  }
}
