import { Button, Menu } from '@mantine/core'
import { IconBookmark, IconDeviceFloppy, IconListSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { savedQueriesQuery } from '../../api/hunts'
import { useMay } from '../../api/session'
import { Failed, Loading } from '../../components/States'
import { useSearch } from '../search/context'
import { QueryDialog } from './QueryDialog'
import { blankQuery, searchOf } from './view'
import { WatchMark } from './WatchMark'

/** In Search: the saved queries, and the way to keep this one. */
export function SavedMenu() {
  const { t } = useTranslation()
  const { view } = useSearch()
  const may = useMay('investigate')
  const navigate = useNavigate()
  const [opened, setOpened] = useState(false)
  const [saving, setSaving] = useState(false)
  return (
    <>
      <Menu opened={opened} onChange={setOpened} position="bottom-end" width={460}>
        <Menu.Target>
          <Button size="sm" variant="default" leftSection={<IconBookmark size={15} />}>{t('hunts.savedShort')}</Button>
        </Menu.Target>
        <Menu.Dropdown mah={440} style={{ overflowY: 'auto' }}>
          {may && <Menu.Item leftSection={<IconDeviceFloppy size={15} />} onClick={() => setSaving(true)}>{t('hunts.saveThis')}</Menu.Item>}
          <Menu.Item leftSection={<IconListSearch size={15} />} onClick={() => void navigate({ to: '/hunts', search: { tab: 'queries' } })}>{t('hunts.all')}</Menu.Item>
          <Menu.Divider />
          {opened && <Queries />}
        </Menu.Dropdown>
      </Menu>
      <QueryDialog opened={saving} first={blankQuery(view.query, view.dataset)} onClose={() => setSaving(false)} />
    </>
  )
}

function Queries() {
  const { t } = useTranslation()
  const { view } = useSearch()
  const navigate = useNavigate()
  const found = useQuery(savedQueriesQuery)
  if (found.isPending) return <Loading lines={3} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  if (found.data.items.length === 0) return <p className="dim" style={{ padding: '2px 12px 8px', margin: 0 }}>{t('hunts.noQueries')}</p>
  return found.data.items.map((saved) => (
    <Menu.Item key={saved.id} rightSection={<WatchMark watch={saved.watch} />} onClick={() => void navigate({ to: '/search', search: searchOf(saved, { range: view.range }) })}>
      <strong>{saved.name}</strong>
      <span className="mono dim clip" style={{ display: 'block', maxWidth: 360 }}>{saved.query || '*'}</span>
    </Menu.Item>
  ))
}
