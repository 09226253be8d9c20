import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { detectionExplanationQuery, explanationQuery } from '../../api/explain'
import { lookupQuery } from '../../api/search'
import { useText } from '../../i18n'
import { Severity } from '../Severity'
import { Failed, Loading } from '../States'
import { ExplanationView } from './ExplanationView'
import { RuleView } from './RuleView'

type Known = { id: string; title: string }
type Props = { uuid: string; timeMs?: number | undefined; filter?: Known | undefined; detection?: string | undefined }

/** "Why did, or did not, this filter fire here?" of one activity: with the filter of the row, or any other. */
export function WhyHere({ uuid, timeMs, filter, detection }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState<Known | null>(filter ?? null)
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <section className="why-here no-print" aria-label={t('why.here')}>
      <button type="button" className="plain link why-here-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon size={15} aria-hidden />
        {filter ? t('why.hereMet') : t('why.here')}
      </button>
      {open && (
        <>
          <FilterPicker chosen={chosen} onChoose={setChosen} />
          {chosen && <WhyOne filter={chosen.id} uuid={uuid} timeMs={timeMs} />}
          {chosen && <Link to="/filters/$id" params={{ id: chosen.id }}>{t('why.openFilter')}</Link>}
          {detection && chosen?.id === filter?.id && <Models detection={detection} timeMs={timeMs} />}
        </>
      )}
    </section>
  )
}

/** The explanation of one filter and one activity, asked for when shown. */
export function WhyOne({ filter, uuid, timeMs }: { filter: string; uuid: string; timeMs?: number | undefined }) {
  const told = useQuery(explanationQuery(filter, uuid, timeMs))
  if (told.isPending) return <Loading lines={3} />
  if (told.isError) return <Failed error={told.error} onRetry={() => void told.refetch()} />
  return <ExplanationView told={told.data} />
}

function FilterPicker({ chosen, onChoose }: { chosen: Known | null; onChoose: (filter: Known | null) => void }) {
  const { t } = useTranslation()
  const text = useText()
  const [typed, setTyped] = useState('')
  const [settled] = useDebouncedValue(typed.trim(), 200)
  const found = useQuery(lookupQuery(settled))
  const filters = (settled.length >= 2 ? (found.data?.items ?? []) : []).filter((one) => one.kind === 'filter')
  const known = chosen && !filters.some((one) => one.id === chosen.id) ? [{ value: chosen.id, label: chosen.title }] : []
  return (
    <Select
      label={t('why.filter')}
      placeholder={t('why.pick')}
      data={[...known, ...filters.map((one) => ({ value: one.id, label: text(one.label) }))]}
      filter={({ options }) => options}
      value={chosen?.id ?? null}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={settled.length < 2 ? t('why.pickMore') : found.isFetching ? t('state.loading') : t('why.pickNone')}
      onChange={(id, option) => onChoose(id ? { id, title: option?.label ?? id } : null)}
      comboboxProps={{ withinPortal: true }}
    />
  )
}

function Models({ detection, timeMs }: { detection: string; timeMs?: number | undefined }) {
  const { t } = useTranslation()
  const text = useText()
  const told = useQuery(detectionExplanationQuery(detection, timeMs))
  if (told.isPending) return <Loading lines={2} />
  if (told.isError) return <Failed error={told.error} onRetry={() => void told.refetch()} />
  return (
    <div data-testid="why-models">
      <h4 className="section-title">{t('why.models')}</h4>
      {told.data.models.length === 0 && <p className="dim">{t('why.noModels')}</p>}
      {told.data.models.map((one) => (
        <div key={`${one.model}-${one.rule.id}`}>
          <p className="row wrap">
            <Link to="/models/$id" params={{ id: one.model }}>{text(one.name)}</Link>
            <Severity level={one.severity} plain />
            {!one.enabled && <span className="dim">{t('why.off')}</span>}
          </p>
          <RuleView rule={one.rule} />
        </div>
      ))}
    </div>
  )
}
