import { Button, Menu } from '@mantine/core'
import { IconClock, IconLink, IconShare2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { copyText } from '../../components/ObjectMenu'
import { useNotice } from '../../components/Notices'
import { writeAddress } from '../../frame/address'
import { useSearch } from './context'
import { writeView, type View } from './view'

/** The address of this view: as it is, so that "last 24 hours" stays the last; or with the very moments seen now. */
export function ShareMenu() {
  const { t } = useTranslation()
  const notice = useNotice()
  const { view, question } = useSearch()
  const copy = (shared: View) => void copyText(addressOf(shared)).then(() => notice.tell(t('search.linkCopied')))
  const { from, to } = question
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px={9} aria-label={t('search.share')} title={t('search.share')}><IconShare2 size={16} /></Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={15} />} onClick={() => copy(view)}>{t('search.shareView')}</Menu.Item>
        {from && to && <Menu.Item leftSection={<IconClock size={15} />} onClick={() => copy({ ...view, range: { from, to } })}>{t('search.shareMoments')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

const addressOf = (view: View) => `${window.location.origin}/search${writeAddress(writeView(view))}`
