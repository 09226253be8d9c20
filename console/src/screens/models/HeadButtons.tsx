import { Button } from '@mantine/core'
import { IconEdit, IconHistory } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ContentKind } from '../../api/contentShapes'
import { useMay } from '../../api/session'

const PLACES = { filter: { edit: '/filters/$id/edit', versions: '/filters/$id/versions' }, model: { edit: '/models/$id/edit', versions: '/models/$id/versions' } } as const

/** At the head of a filter's or model's page: its switch, its text and its past, and what it found. */
export function HeadButtons({ kind, id, onOff, found }: { kind: ContentKind; id: string; onOff: ReactNode; found: ReactNode }) {
  const { t } = useTranslation()
  const may = useMay('content')
  const { edit, versions } = PLACES[kind]
  return (
    <div className="col" style={{ alignItems: 'flex-end' }}>
      {onOff}
      <div className="row wrap" style={{ justifyContent: 'flex-end' }}>
        {may && <Button leftSection={<IconEdit size={15} />} renderRoot={(props) => <Link to={edit} params={{ id }} {...props} />}>{t('action.edit')}</Button>}
        <Button variant="default" leftSection={<IconHistory size={15} />} renderRoot={(props) => <Link to={versions} params={{ id }} {...props} />}>{t('versions.open')}</Button>
      </div>
      {found}
    </div>
  )
}
