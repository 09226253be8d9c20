import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../../api/content'
import type { AlertStatus, Severity as Level } from '../../api/shapes'
import { FilterChip } from '../../components/Chips'
import { SearchBox } from '../../components/SearchBox'
import { LEVELS, Severity } from '../../components/Severity'
import { STATUSES, wordKey } from '../../components/Status'
import { useText } from '../../i18n'
import { CREATED, DEFAULTS, GROUPS, writeView, type Created, type Group, type View } from './view'
import type { ChangeView } from './Workbench'

export function FilterBar({ view, change }: { view: View; change: ChangeView }) {
  const { t } = useTranslation()
  const text = useText()
  const models = useQuery(modelsQuery).data?.items ?? []
  const alerts = view.tab === 'alerts'
  const go = (changes: Partial<View>) => change({ ...changes, cursor: '', flyout: false }, true)
  const written = writeView(view)
  return (
    <div className="filter-bar">
      <FilterChip
        name={t('column.status')}
        many
        none={t('filter.all')}
        options={STATUSES.map((status) => ({ value: status, label: t(`status.${wordKey(status)}`) }))}
        chosen={view.statuses}
        changed={written.status !== undefined}
        onChoose={(chosen) => go({ statuses: STATUSES.filter((one) => chosen.includes(one)) as AlertStatus[] })}
      />
      {alerts && (
        <>
          <FilterChip
            name={t('column.created')}
            none={t('filter.all')}
            options={CREATED.map((value) => ({ value, label: t(`created.${value}`) }))}
            chosen={[view.created]}
            changed={written.created !== undefined}
            onChoose={([created]) => go({ created: created as Created })}
          />
          <FilterChip
            name={t('column.model')}
            none={t('filter.all')}
            options={[{ value: '', label: t('filter.all') }, ...models.map((model) => ({ value: model.id, label: text(model.name) }))]}
            chosen={[view.model]}
            changed={view.model !== ''}
            onChoose={([model]) => go({ model: model ?? '' })}
          />
          <FilterChip
            name={t('column.severity')}
            many
            none={t('filter.all')}
            options={LEVELS.filter((level) => level !== 'info').map((level) => ({ value: level, label: <Severity level={level} plain /> }))}
            chosen={view.severities}
            changed={view.severities.length > 0}
            onChoose={(chosen) => go({ severities: chosen as Level[] })}
          />
          <FilterChip
            name={t('group.label')}
            none={t('group.none')}
            options={GROUPS.map((group) => ({ value: group, label: t(`group.${group}`) }))}
            chosen={[view.group]}
            changed={view.group !== 'none'}
            onChoose={([group]) => go({ group: group as Group })}
          />
        </>
      )}
      {Object.keys(written).some((key) => !['tab', 'order', 'group', 'cursor', 'flyout'].includes(key) && written[key] !== undefined) && (
        <Button variant="subtle" color="gray" onClick={() => go({ ...DEFAULTS, tab: view.tab, order: view.order, group: view.group })}>
          {t('filter.reset')}
        </Button>
      )}
      <div className="filter-search">
        <SearchBox value={view.search} placeholder={t(alerts ? 'workbench.searchAlerts' : 'workbench.searchIncidents')} onApply={(search) => go({ search })} />
      </div>
    </div>
  )
}
