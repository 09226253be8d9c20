import { Button, Menu } from '@mantine/core'
import { IconHistory, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { historyQuery, useForgetHistory } from '../../api/search'
import { Moment } from '../../components/Moment'
import { Failed, Loading } from '../../components/States'
import { useSearch } from './context'
import { ofDataset } from './view'

/** What this person asked before, newest first, on any of their machines. */
export function HistoryMenu() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={520}>
      <Menu.Target>
        <Button size="sm" variant="default" px={9} aria-label={t('search.history')} title={t('search.history')}><IconHistory size={16} /></Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('search.history')}</Menu.Label>
        {opened && <PastQueries />}
      </Menu.Dropdown>
    </Menu>
  )
}

function PastQueries() {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  const forget = useForgetHistory()
  const found = useQuery({ ...historyQuery, staleTime: 0 })
  if (found.isPending) return <Loading lines={4} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  const { items } = found.data
  if (items.length === 0) return <p className="dim" style={{ padding: '0 12px 8px', margin: 0 }}>{t('search.noHistory')}</p>
  return (
    <>
      {items.map((past) => (
        <Menu.Item
          key={`${past.at} ${past.dataset} ${past.query}`}
          onClick={() => change({ ...(past.dataset === view.dataset ? {} : ofDataset(past.dataset)), query: past.query, cursor: '' }, true)}
          rightSection={<span className="dim num history-when"><Moment short at={past.at} />{past.rows !== null && <span>{t('search.shown', { count: past.rows })}</span>}</span>}
        >
          <span className="mono two-lines">{past.query || '*'}</span>
          {past.dataset !== 'all' && <span className="badge">{t(`dataset.${past.dataset}`)}</span>}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<IconTrash size={14} />} closeMenuOnClick={false} onClick={() => forget.mutate()}>{t('search.forgetHistory')}</Menu.Item>
    </>
  )
}
