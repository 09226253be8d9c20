import { Modal } from '@mantine/core'
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseAction } from '../../api/responseShapes'
import { useLanguage, useText } from '../../i18n'
import { RespondForm } from './RespondForm'
import { headline, type Host } from './wish'

/** An action somebody wants to ask for: on these hosts, with what is known already. */
export type Request = { action: ResponseAction; hosts: Host[]; given: Record<string, unknown>; alertId?: string | undefined; source: string }

const Asker = createContext<(request: Request) => void>(() => undefined)

/** Opens the dialog of an action. */
export const useRespond = () => useContext(Asker)

/** The one dialog of response, the same from every place it is asked for. */
export function RespondProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<Request | null>(null)
  const ask = useMemo(() => (next: Request) => setRequest(next), [])
  return (
    <Asker.Provider value={ask}>
      {children}
      <Modal opened={request !== null} onClose={() => setRequest(null)} size="lg" title={request && <Title action={request.action} />} data-testid="respond-dialog">
        {request && <RespondForm request={request} onClose={() => setRequest(null)} />}
      </Modal>
    </Asker.Provider>
  )
}

/** "Isolate Endpoint Task"; in Japanese the English name stands beside it, for that is how guides and colleagues call it. */
function Title({ action }: { action: ResponseAction }) {
  const { t } = useTranslation()
  const text = useText()
  const language = useLanguage()
  return (
    <strong>
      {t('respond.title', { action: language === 'ja' ? text(action.title) : headline(action.title.en) })}
      {language === 'ja' && <span className="dim respond-english"> {headline(action.title.en)} Task</span>}
    </strong>
  )
}
