import { Button } from '@mantine/core'
import { IconZoomScan } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session'

/** The way from a technique or a group to a hunt for it. */
export function HuntLink({ search }: { search: { technique: string } | { kind: 'group'; group: string } }) {
  const { t } = useTranslation()
  const may = useMay('investigate')
  return may && <Button variant="default" leftSection={<IconZoomScan size={14} />} renderRoot={(props) => <Link to="/hunts/new" search={{ ...search }} {...props} />}>{t('hunts.huntThis')}</Button>
}
