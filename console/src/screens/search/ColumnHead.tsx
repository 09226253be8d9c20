import { Menu } from '@mantine/core'
import { IconArrowLeft, IconArrowRight, IconChevronDown, IconStack2, IconX } from '@tabler/icons-react'
import type { DragEvent, KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearch } from './context'
import { FieldName } from './FieldPick'
import { moved, shifted } from './view'

const KIND = 'application/x-hinomi-column'

/** The head of a column: dragged to another place, moved with Alt and the arrows, and with a menu for the same by words. */
export function ColumnHead({ name }: { name: string }) {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  const { columns } = view
  const set = (next: string[]) => change({ columns: next })
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    const dragged = event.dataTransfer.getData(KIND)
    const forward = columns.indexOf(dragged) < columns.indexOf(name)
    set(moved(columns, dragged, forward ? columns[columns.indexOf(name) + 1] : name))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (!event.altKey || by === 0) return
    event.preventDefault()
    set(shifted(columns, name, by))
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button
          type="button"
          className="plain column-head"
          title={t('search.columnHint')}
          draggable
          onDragStart={(event) => event.dataTransfer.setData(KIND, name)}
          onDragOver={(event) => event.dataTransfer.types.includes(KIND) && event.preventDefault()}
          onDrop={onDrop}
          onKeyDown={onKeyDown}
        >
          <span className="clip"><FieldName name={name} /></span>
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowLeft size={15} />} disabled={columns[0] === name} onClick={() => set(shifted(columns, name, -1))}>{t('search.moveLeft')}</Menu.Item>
        <Menu.Item leftSection={<IconArrowRight size={15} />} disabled={columns.at(-1) === name} onClick={() => set(shifted(columns, name, 1))}>{t('search.moveRight')}</Menu.Item>
        <Menu.Item leftSection={<IconX size={15} />} disabled={columns.length === 1} onClick={() => set(columns.filter((one) => one !== name))}>{t('search.removeColumn')}</Menu.Item>
        {name !== 'summary' && <Menu.Item leftSection={<IconStack2 size={15} />} onClick={() => change({ mode: 'stack', by: [name] }, true)}>{t('search.stackThis')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
