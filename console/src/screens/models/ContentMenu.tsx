import { Button, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconDownload, IconFileImport, IconFilterPlus, IconPlus, IconShieldPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { exportAddress } from '../../api/content'
import { useMay } from '../../api/session'
import { ImportDialog } from './ImportDialog'

/** New content, and content as a zip: in and out. */
export function ContentMenu() {
  const { t } = useTranslation()
  const may = useMay('content')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Menu position="bottom-end" width={270}>
        <Menu.Target>
          <Button {...(may ? {} : { variant: 'default' })} leftSection={may ? <IconPlus size={15} /> : <IconDownload size={15} />} rightSection={<IconChevronDown size={13} />}>
            {t(may ? 'content.new' : 'content.export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may && (
            <>
              <Menu.Item leftSection={<IconFilterPlus size={15} />} renderRoot={(props) => <Link to="/filters/new" {...props} />}>{t('content.newFilter')}</Menu.Item>
              <Menu.Item leftSection={<IconShieldPlus size={15} />} renderRoot={(props) => <Link to="/models/new" {...props} />}>{t('content.newModel')}</Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<IconFileImport size={15} />} onClick={open}>{t('content.import')}</Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconDownload size={15} />} component="a" href={exportAddress([])} download="hinomi-content.zip">{t('content.exportCustom')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ImportDialog opened={opened} onClose={close} />
    </>
  )
}
