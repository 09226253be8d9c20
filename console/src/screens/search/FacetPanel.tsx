import { ActionIcon, Skeleton, Switch } from '@mantine/core'
import { IconFilterMinus, IconFilterPlus, IconStack2, IconX } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { facetsQuery } from '../../api/search'
import type { FacetCount, FieldFacet } from '../../api/searchShapes'
import { typeOfField, valueText } from '../../components/FieldList'
import { useObjectMenu } from '../../components/ObjectMenu'
import { PathText } from '../../components/PathText'
import { useErrorText } from '../../components/States'
import { useSearch } from './context'
import { FieldPick } from './FieldPick'
import { useFieldText } from './useFieldText'
import { MOST_FACETS } from './view'

const SHOWN = 8

/** What the rows hold, field by field: the most frequent values or the rarest, to filter in or out by a click. */
export function FacetPanel() {
  const { t } = useTranslation()
  const { view, question, change } = useSearch()
  const errorText = useErrorText()
  const facets = useQuery({ ...facetsQuery(question, view.facets, SHOWN), placeholderData: keepPreviousData })
  const byField = new Map(facets.data?.items.map((one) => [one.field, one]))
  return (
    <aside className="panel search-facets" aria-label={t('facet.label')}>
      <header className="row">
        <Switch size="xs" label={t('search.rareFirst')} checked={view.rare} onChange={(event) => change({ rare: event.currentTarget.checked })} />
        <span className="grow" />
        <FieldPick label={t('search.addFacet')} chosen={view.facets} most={MOST_FACETS} onChange={(names) => change({ facets: names })} />
      </header>
      {facets.isError && <p role="alert" className="dim">{errorText(facets.error)}</p>}
      {!facets.isError && view.facets.map((field) => <Facet key={field} field={field} facet={byField.get(field)} />)}
      {facets.data?.sampled && <p className="dim">{t('search.sampled')}</p>}
    </aside>
  )
}

function Facet({ field, facet }: { field: string; facet: FieldFacet | undefined }) {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  const rows = view.rare ? facet?.rare : facet?.values
  const highest = Math.max(1, ...(rows ?? []).map((one) => one.count))
  return (
    <section aria-label={field}>
      <h3 className="row tight">
        <span className="mono clip" title={field}>{field}</span>
        {facet && <span className="dim num" title={t('search.distinct', { count: facet.distinct })}>{facet.distinct.toLocaleString()}</span>}
        <span className="grow" />
        <ActionIcon className="facet-tool" size={18} aria-label={t('search.stackBy', { field })} title={t('search.stackBy', { field })} onClick={() => change({ mode: 'stack', by: [field] }, true)}><IconStack2 size={13} /></ActionIcon>
        <ActionIcon className="facet-tool" size={18} aria-label={t('search.removeFacet', { field })} title={t('search.removeFacet', { field })} onClick={() => change({ facets: view.facets.filter((one) => one !== field) })}><IconX size={13} /></ActionIcon>
      </h3>
      {!facet && <Skeleton height={54} />}
      {rows?.length === 0 && <p className="dim">–</p>}
      {rows?.map((one) => <Value key={valueText(one.value)} field={field} item={one} width={one.count / highest} />)}
      {facet && facet.absent > 0 && !view.rare && <Value field={field} item={{ value: null, count: facet.absent }} width={0} />}
    </section>
  )
}

/** A value with its count and share: a click filters it in, the minus out; the context menu is the one of everywhere. */
function Value({ field, item, width }: { field: string; item: FacetCount; width: number }) {
  const { t } = useTranslation()
  const { narrow } = useSearch()
  const textOf = useFieldText()
  const absent = item.value === null || item.value === ''
  const text = absent ? t('search.absent') : textOf(field, item.value)
  const { onContextMenu } = useObjectMenu({ type: typeOfField(field), field, value: valueText(item.value) })
  return (
    <div className="facet-value" onContextMenu={absent ? undefined : onContextMenu}>
      <button type="button" className="plain row tight grow" title={`${text}\n${t('menu.filterIn')}`} onClick={() => narrow(field, item.value)}>
        <IconFilterPlus className="facet-plus" size={13} aria-hidden />
        <span className={`grow facet-text${absent ? ' dim' : ''}`}><PathText text={text} /></span>
        {item.share !== undefined && <span className="num dim facet-share">{shareText(item.share)}</span>}
        <span className="num">{item.count.toLocaleString()}</span>
      </button>
      <ActionIcon className="facet-tool" size={18} aria-label={t('search.filterOutValue', { value: text })} title={t('menu.filterOut')} onClick={() => narrow(field, item.value, true)}><IconFilterMinus size={13} /></ActionIcon>
      <span className="value-bar" style={{ width: `${100 * width}%` }} />
    </div>
  )
}

/** "12 %", and for what is rarer than one in a hundred "<1 %". */
export function shareText(share: number): string {
  const percent = share * 100
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.round(percent)} %`
}
