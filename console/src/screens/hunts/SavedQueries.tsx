import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconEye, IconFilterCog, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { savedQueriesQuery, useHuntChanges } from '../../api/hunts'
import type { SavedQuery } from '../../api/huntShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { DataTable, type Column } from '../../components/DataTable'
import { Moment } from '../../components/Moment'
import { useNotice } from '../../components/Notices'
import { Empty, Failed, Loading, useErrorText } from '../../components/States'
import { FilterDialog } from './FilterDialog'
import { QueryDialog } from './QueryDialog'
import { blankQuery, searchOf } from './view'
import { WatchDialog } from './WatchDialog'
import { WatchMark } from './WatchMark'

type Doing = { what: 'edit' | 'watch' | 'filter' | 'remove'; saved: SavedQuery } | { what: 'new' } | null

/** Queries worth keeping: what for, whose, and whether the house asks them by itself. */
export function SavedQueries() {
  const { t } = useTranslation()
  const may = useMay('investigate')
  const [doing, setDoing] = useState<Doing>(null)
  const found = useQuery(savedQueriesQuery)
  const close = () => setDoing(null)
  const add = may && <Button leftSection={<IconPlus size={14} />} onClick={() => setDoing({ what: 'new' })}>{t('hunts.newQuery')}</Button>
  const savedFor = (what: 'edit' | 'watch' | 'filter' | 'remove') => (doing?.what === what && 'saved' in doing ? doing.saved : null)
  const edited = savedFor('edit')
  return (
    <>
      {found.isPending && <Loading lines={6} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <Empty title={t('hunts.noQueries')}><p>{t('hunts.noQueriesHelp')}</p>{add}</Empty>}
      {found.data && found.data.items.length > 0 && (
        <>
          <div className="panel-head"><span className="dim grow">{t('hunts.queriesHelp')}</span>{add}</div>
          <Table items={found.data.items} may={may} onDo={(what, saved) => setDoing({ what, saved })} />
        </>
      )}
      <QueryDialog opened={doing?.what === 'new' || edited !== null} first={edited ?? blankQuery()} id={edited?.id} onClose={close} />
      <WatchDialog saved={savedFor('watch')} onClose={close} />
      <FilterDialog saved={savedFor('filter')} onClose={close} />
      <Remove saved={savedFor('remove')} onClose={close} />
    </>
  )
}

type OnDo = (what: 'edit' | 'watch' | 'filter' | 'remove', saved: SavedQuery) => void

function Table({ items, may, onDo }: { items: SavedQuery[]; may: boolean; onDo: OnDo }) {
  const { t } = useTranslation()
  const columns: Column<SavedQuery>[] = [
    {
      key: 'name',
      header: t('column.name'),
      cell: (row) => (
        <>
          <Link to="/search" search={searchOf(row)}><strong>{row.name}</strong></Link>
          {row.description && <span className="dim two-lines">{row.description}</span>}
        </>
      ),
    },
    { key: 'query', header: t('search.label'), cell: (row) => <span className="mono two-lines" title={row.query}>{row.query || '*'}</span> },
    { key: 'dataset', header: t('search.dataset'), width: '120px', cell: (row) => t(`dataset.${row.dataset}`) },
    { key: 'owner', header: t('column.owner'), width: '110px', cell: (row) => row.owner },
    { key: 'watch', header: t('hunts.watched'), width: '150px', cell: (row) => (row.watch ? <Watched row={row} /> : <span className="dim">–</span>) },
    { key: 'updated', header: t('column.updated'), width: '120px', cell: (row) => <Moment short at={row.updatedAt} /> },
    ...(may ? [{ key: 'tools', header: '', width: '44px', cell: (row: SavedQuery) => <RowMenu row={row} onDo={onDo} /> }] : []),
  ]
  return <DataTable free label={t('hunts.tab.queries')} rows={items} columns={columns} rowKey={(row) => row.id} />
}

function Watched({ row }: { row: SavedQuery }) {
  const { t } = useTranslation()
  return (
    <span className="col" style={{ gap: 2 }}>
      <span><WatchMark watch={row.watch} /></span>
      {row.open > 0 && <Link to="/hunts" search={{ tab: 'checkpoints', query: row.id }}>{t('hunts.openPoints', { count: row.open })}</Link>}
    </span>
  )
}

function RowMenu({ row, onDo }: { row: SavedQuery; onDo: OnDo }) {
  const { t } = useTranslation()
  const content = useMay('content')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('hunts.actionsFor', { name: row.name })}><IconDots size={16} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconEye size={15} />} onClick={() => onDo('watch', row)}>{t('hunts.watchIt')}</Menu.Item>
        {content && <Menu.Item leftSection={<IconFilterCog size={15} />} onClick={() => onDo('filter', row)}>{t('hunts.toFilter')}</Menu.Item>}
        <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onDo('edit', row)}>{t('action.edit')}</Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => onDo('remove', row)}>{t('action.delete')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Remove({ saved, onClose }: { saved: SavedQuery | null; onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const errorText = useErrorText()
  const { remove } = useHuntChanges()
  const confirm = () => saved && remove.mutate(saved.id, { onError: (error) => notice.warn(errorText(error)), onSettled: onClose })
  return <Confirm opened={saved !== null} danger title={t('hunts.removeTitle')} message={t('hunts.removeMessage')} target={<strong>{saved?.name}</strong>} confirm={t('action.delete')} busy={remove.isPending} onConfirm={confirm} onCancel={onClose} />
}
