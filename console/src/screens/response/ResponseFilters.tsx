import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { STATES } from '../../api/responseShapes'
import { FilterChip, ValueChip } from '../../components/Chips'
import { writeRange } from '../../components/range'
import { TaskStateWord } from '../../components/response/TaskBar'
import { SearchBox } from '../../components/SearchBox'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { useLanguage } from '../../i18n'
import { ACTION_NAMES, useActionName } from './actionNames'
import { GROUPS, type View } from './view'

/** State, action, time and words; and how the rows are grouped. */
export function ResponseFilters({ view }: { view: View }) {
  const { t } = useTranslation()
  const [, setAddress] = useAddress()
  return (
    <div className="page-head">
      <h1>{t('nav.response')}</h1>
      <FilterChip name={t('column.state')} many none={t('filter.all')} options={STATES.map((value) => ({ value, label: <TaskStateWord state={value} /> }))} chosen={view.states} changed={view.states.length > 0} onChoose={(chosen) => setAddress({ state: chosen.join(',') || undefined }, true)} />
      <ActionFilter value={view.action} onChange={(action) => setAddress({ action: action || undefined }, true)} />
      <FilterChip name={t('filter.group')} none={t('response.group.none')} options={GROUPS.map((value) => ({ value, label: t(`response.group.${value}`) }))} chosen={[view.group]} changed={view.group !== 'none'} onChoose={([group]) => setAddress({ group: group === 'none' ? undefined : group }, true)} />
      {view.endpoint && <ValueChip name={t('column.endpoint')} value={view.endpoint} onRemove={() => setAddress({ endpoint: undefined }, true)} />}
      {view.alertId && <ValueChip name={t('response.alert')} value={view.alertId} onRemove={() => setAddress({ alert: undefined }, true)} />}
      <span className="grow" />
      <SearchBox value={view.search} placeholder={t('response.search')} onApply={(search) => setAddress({ search: search || undefined }, true)} width={230} />
      <TimeRange range={view.range} onChange={(range) => setAddress(writeRange(range, '7d'), true)} />
    </div>
  )
}

/** Found by its name in either language: colleagues and guides use the English one. */
function ActionFilter({ value, onChange }: { value: string; onChange: (action: string) => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const name = useActionName()
  const data = ACTION_NAMES.map((action) => ({ value: action, label: language === 'ja' ? `${name(action)} (${name(action, 'en')})` : name(action) }))
  return <Select aria-label={t('response.action')} w={210} searchable clearable placeholder={t('response.anyAction')} data={data} value={value || null} onChange={(next) => onChange(next ?? '')} />
}
