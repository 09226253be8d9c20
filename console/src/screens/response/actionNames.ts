import { useTranslation } from 'react-i18next'

/** The actions a person can ask for, in the order of the work; their names stand in the locales. */
export const ACTION_NAMES = [
  'isolate_endpoint', 'restore_endpoint', 'block_object', 'unblock_object', 'quarantine_message', 'restore_message', 'delete_message', 'disable_account',
  'enable_account', 'sign_out', 'reset_password', 'collect_file', 'collect_evidence', 'dump_process_memory', 'run_yara', 'remote_shell', 'run_script', 'terminate_process', 'scan',
  'apply_block_list', 'apply_patterns',
] as const

export function useActionName(): (action: string, language?: 'en') => string {
  const { t } = useTranslation()
  return (action, language) => t(`action_name.${action}`, { defaultValue: action, ...(language ? { lng: language } : {}) })
}
