import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconColumns3, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '../../api/search'
import { DEFAULT_COLUMNS } from './view'

/** Which fields stand in the table. */
export function ColumnMenu({ columns, onChange }: { columns: string[]; onChange: (columns: string[]) => void }) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState('')
  const fields = useQuery(fieldsQuery).data?.items ?? []
  const names = ['summary', ...fields.map((field) => field.name)].filter((name) => name !== 'eventTime' && name.toLowerCase().includes(wanted.toLowerCase()))
  const toggle = (name: string) => onChange(columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name])
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button size="sm" variant="default" leftSection={<IconColumns3 size={15} />}>{t('search.columns')}</Button>
      </Popover.Target>
      <Popover.Dropdown w={300}>
        <div className="row">
          <TextInput className="grow" placeholder={t('search.findField')} aria-label={t('search.findField')} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
          <ActionIcon aria-label={t('filter.reset')} title={t('filter.reset')} onClick={() => onChange(DEFAULT_COLUMNS)}><IconX size={15} /></ActionIcon>
        </div>
        <div style={{ maxHeight: 320, overflow: 'auto', marginTop: 8, display: 'grid', gap: 5 }}>
          {names.slice(0, 120).map((name) => (
            <Checkbox key={name} label={name === 'summary' ? t('search.summary') : <span className="mono">{name}</span>} checked={columns.includes(name)} onChange={() => toggle(name)} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
