import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '../../api/search'
import { useSearch } from './context'
import { shifted } from './view'

type Props = {
  label: string
  chosen: string[]
  most: number
  onChange: (names: string[]) => void
  /** Names that are no fields but may be chosen. */
  extra?: string[]
  button?: ReactNode
  /** Offered while anything differs from it. */
  standard?: string[]
}
const SHOWN = 120

/** Chooses fields: those chosen stand first, in their order, and move by their arrows; the others follow, found by name. */
export function FieldPick({ label, chosen, most, onChange, extra = [], button, standard }: Props) {
  const { t } = useTranslation()
  const { view } = useSearch()
  const [wanted, setWanted] = useState('')
  const fields = useQuery(fieldsQuery(view.dataset)).data?.items ?? []
  const fits = (name: string) => name.toLowerCase().includes(wanted.trim().toLowerCase())
  const others = [...extra, ...fields.map((field) => field.name)].filter((name) => !chosen.includes(name) && fits(name))
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus width={310}>
      <Popover.Target>
        {button ? <Button variant="default" leftSection={button}>{label}</Button> : <ActionIcon aria-label={label} title={label}><IconPlus size={15} /></ActionIcon>}
      </Popover.Target>
      <Popover.Dropdown>
        <div className="row">
          <TextInput className="grow" placeholder={t('search.findField')} aria-label={t('search.findField')} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} data-autofocus />
          {standard && standard.join() !== chosen.join() && <Button variant="subtle" color="gray" onClick={() => onChange(standard)}>{t('filter.reset')}</Button>}
        </div>
        <div className="field-pick">
          {chosen.filter(fits).map((name) => (
            <div key={name} className="row tight">
              <Checkbox className="grow" label={<FieldName name={name} />} checked onChange={() => onChange(chosen.filter((one) => one !== name))} />
              <Move name={name} by={-1} list={chosen} onChange={onChange} />
              <Move name={name} by={1} list={chosen} onChange={onChange} />
            </div>
          ))}
          {others.length > 0 && <hr />}
          {others.slice(0, SHOWN).map((name) => (
            <Checkbox key={name} label={<FieldName name={name} />} checked={false} disabled={chosen.length >= most} onChange={() => onChange([...chosen, name])} />
          ))}
          {others.length > SHOWN && <span className="dim">{t('facet.more', { count: others.length - SHOWN })}</span>}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

export function FieldName({ name }: { name: string }) {
  const { t } = useTranslation()
  return name === 'summary' ? t('search.summary') : <span className="mono">{name}</span>
}

function Move({ name, by, list, onChange }: { name: string; by: 1 | -1; list: string[]; onChange: (names: string[]) => void }) {
  const { t } = useTranslation()
  const next = shifted(list, name, by)
  const Icon = by === 1 ? IconChevronDown : IconChevronUp
  return (
    <ActionIcon size={20} disabled={next === list} aria-label={t(by === 1 ? 'search.moveDown' : 'search.moveUp', { name })} onClick={() => onChange(next)}>
      <Icon size={14} />
    </ActionIcon>
  )
}
