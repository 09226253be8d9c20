import { useTranslation } from 'react-i18next'

export const ROLES = ['administrator', 'senior-analyst', 'analyst', 'auditor', 'ingester', 'siem'] as const

export function useRoleOptions(): { value: string; label: string }[] {
  const { t } = useTranslation()
  return ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))
}
