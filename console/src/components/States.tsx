import { Button, Skeleton } from '@mantine/core'
import { IconInbox, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client'
import './notices.css'

/** Nothing here: says why, and what to do next. */
export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className="state" data-testid="empty">
      {icon ?? <IconInbox size={36} stroke={1.4} aria-hidden />}
      <h3>{title}</h3>
      {children}
    </div>
  )
}

/** The locale key that explains an error to a person; errors of our own making keep the server's words. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation()
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.unexpected')
    if (error.status === 0) return t('error.unreachable')
    if (error.status === 403) return t('error.forbidden')
    if (error.status === 404) return t('error.notFound')
    if (error.status === 409 || error.status === 412) return t('error.changedMeanwhile')
    if (error.status === 429) return t('error.tooMany')
    return error.message
  }
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const text = useErrorText()
  return (
    <div className="state" role="alert">
      <IconPlugConnectedX size={36} stroke={1.4} aria-hidden />
      <h3>{t('error.title')}</h3>
      <p>{text(error)}</p>
      {onRetry && (
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  )
}

export function Loading({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('state.loading')} style={{ padding: 12, display: 'grid', gap: 10 }}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={20} radius={4} width={`${96 - ((index * 17) % 35)}%`} />
      ))}
    </div>
  )
}
