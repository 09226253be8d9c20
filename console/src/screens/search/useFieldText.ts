import { useTranslation } from 'react-i18next'
import { valueText } from '../../components/FieldList'
import { momentText } from '../../components/Moment'

/** A value of a field as people read it: kinds of events and levels by name, times in the reader's zone. */
export function useFieldText(): (field: string, value: unknown) => string {
  const { t } = useTranslation()
  return (field, value) => {
    const text = valueText(value)
    if (field === 'eventId') return t(`eventId.${text}`, text)
    if (field === 'riskLevel') return t(`severity.${text}`, text)
    if (/Time$/.test(field) && typeof value === 'number') return momentText(value)
    return text
  }
}
