import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty, Failed } from '../components/States'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty title={t('error.noPage')} icon={<IconMapQuestion size={36} stroke={1.4} aria-hidden />}>
      <Button variant="default" renderRoot={(props) => <Link to="/workbench" {...props} />}>
        {t('error.toWorkbench')}
      </Button>
    </Empty>
  )
}

/** A screen that threw: the frame stays, the person can try again. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return <Failed error={error} onRetry={reset} />
}
