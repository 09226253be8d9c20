import { Skeleton } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FacetName, Facets, FacetValue, Severity } from '../../api/shapes'
import { LEVELS, SeverityMark } from '../../components/Severity'
import { useFacetLabel } from './facetLabel'
import { FACETS, type View } from './view'

type Props = { facets: Facets | undefined; chosen: View['chosen']; onChoose: (facet: FacetName, values: string[]) => void }
const FEW = 6

/** Values and counts by which the table narrows. */
export function FacetPanel({ facets, chosen, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <aside className="panel facets" aria-label={t('facet.label')} style={{ flex: 'none' }}>
      {FACETS.map((facet) => (
        <Facet key={facet} facet={facet} values={facets?.[facet]} chosen={chosen[facet]} onChoose={(values) => onChoose(facet, values)} />
      ))}
    </aside>
  )
}

type FacetProps = { facet: FacetName; values: FacetValue[] | undefined; chosen: string[]; onChoose: (values: string[]) => void }

function Facet({ facet, values, chosen, onChoose }: FacetProps) {
  const { t } = useTranslation()
  const label = useFacetLabel()
  const [all, setAll] = useState(false)
  const ordered = facet === 'risk' ? LEVELS.flatMap((level) => values?.find((one) => one.value === level) ?? []) : (values ?? [])
  const highest = Math.max(1, ...ordered.map((one) => one.count))
  const shown = all ? ordered : ordered.slice(0, FEW)
  const toggle = (value: string) => onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])
  return (
    <section>
      <h3>{t(`facet.${facet}`)}</h3>
      {values === undefined && <Skeleton height={60} />}
      {shown.map(({ value, count, label: given }) => (
        <button key={value} type="button" className="plain facet" aria-pressed={chosen.includes(value)} title={label(facet, value, given)} onClick={() => toggle(value)}>
          <span className="facet-bar" style={{ width: `${(100 * count) / highest}%` }} />
          {facet === 'risk' && <SeverityMark level={value as Severity} />}
          <span className="clip grow">{label(facet, value, given)}</span>
          <span className="num dim">{count}</span>
        </button>
      ))}
      {ordered.length > FEW && <button type="button" className="plain link" onClick={() => setAll(!all)}>{all ? t('facet.fewer') : t('facet.more', { count: ordered.length - FEW })}</button>}
    </section>
  )
}
