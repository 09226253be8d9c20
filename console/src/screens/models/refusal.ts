import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import type { Proof } from '../../api/contentShapes'
import type { Text } from '../../api/shapes'
import { useErrorText } from '../../components/States'
import { useText } from '../../i18n'

/** The proofs that stand in the way of switching content on, when that is why the server refused. */
export function failuresOf(error: unknown): Proof['failures'] {
  const found = error instanceof ApiError ? error.details.failures : undefined
  return Array.isArray(found) ? (found as Proof['failures']) : []
}

/** The words of a refusal: red proofs by name, else the server's text pair, else the usual words. */
export function useRefusal(): (error: unknown) => string {
  const { t } = useTranslation()
  const text = useText()
  const usual = useErrorText()
  return (error) => {
    const failures = failuresOf(error)
    if (failures.length > 0) return t('proof.refused', { failures: failures.map((one) => `${one.test}: ${text(one.why)}`).join('; ') })
    const told = error instanceof ApiError ? (error.details.text as Text | undefined) : undefined
    return told?.en ? text(told) : usual(error)
  }
}
