import { Button, Menu, TextInput } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Address } from '../../frame/address'
import { dropView, keepView, readViews } from './savedViews'

/** Views kept under a name, hidden values included. */
export function ViewMenu({ address }: { address: Address }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [views, setViews] = useState(readViews)
  const [name, setName] = useState('')
  const save = (event: FormEvent) => {
    event.preventDefault()
    const { cursor: _, ...kept } = address
    setViews(keepView({ name: name.trim(), address: kept }))
    setName('')
  }
  return (
    <Menu position="bottom-start" width={280} closeOnItemClick>
      <Menu.Target>
        <Button variant="default" leftSection={<IconBookmark size={14} />}>{t('views.label')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('views.saved')}</Menu.Label>
        {views.length === 0 && <div className="dim" style={{ padding: '2px 12px 8px' }}>{t('views.none')}</div>}
        {views.map((view) => (
          <Menu.Item
            key={view.name}
            onClick={() => void navigate({ to: '/detections', search: view.address })}
            rightSection={
              <IconTrash
                size={14}
                role="button"
                aria-label={t('views.drop', { name: view.name })}
                onClick={(event) => {
                  event.stopPropagation()
                  setViews(dropView(view.name))
                }}
              />
            }
          >
            {view.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form onSubmit={save} className="row" style={{ padding: 6 }}>
          <TextInput className="grow" placeholder={t('views.name')} aria-label={t('views.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} onKeyDown={(event) => event.stopPropagation()} />
          <Button type="submit" variant="default" disabled={name.trim() === ''}>{t('action.save')}</Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  )
}
