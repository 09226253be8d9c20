import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { tacticsQuery } from '../../api/content'
import type { FacetName, FacetValue } from '../../api/shapes'
import { useText } from '../../i18n'

/** The words for a facet's value: what the server says, else what the console knows, else the value itself. */
export function useFacetLabel(): (facet: FacetName, value: string, label?: FacetValue['label']) => string {
  const { t } = useTranslation()
  const text = useText()
  const tactics = useQuery(tacticsQuery).data?.items ?? []
  return (facet, value, label) => {
    const given = text(label)
    if (facet === 'risk') return t(`severity.${value}`, value)
    if (facet === 'tactic') return given || text(tactics.find((one) => one.id === value)?.text) || value
    if (facet === 'technique') return given && !given.startsWith(value) ? `${value} ${given}` : given || value
    return given || value
  }
}
