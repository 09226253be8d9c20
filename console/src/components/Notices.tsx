import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import './notices.css'

/** Something to do about what was told, most often to take it back. */
export type NoticeAction = { label: string; run: () => void }
type Notice = { id: number; text: string; bad: boolean; action?: NoticeAction | undefined }
type Teller = { tell: (text: string, action?: NoticeAction) => void; warn: (text: string) => void }
const Context = createContext<Teller>({ tell: () => undefined, warn: () => undefined })
const STAY_MS = 5_000
/** Long enough to decide, read with the keyboard too. */
const STAY_WITH_ACTION_MS = 20_000

export const useNotice = () => useContext(Context)

/** Short messages at the foot of the page; good news leaves by itself, bad news waits to be read. What can be undone says so. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [notices, setNotices] = useState<Notice[]>([])
  const next = useRef(1)
  const drop = useCallback((id: number) => setNotices((all) => all.filter((one) => one.id !== id)), [])
  const add = useCallback(
    (text: string, bad: boolean, action?: NoticeAction) => {
      const id = next.current++
      setNotices((all) => [...all.slice(-3), { id, text, bad, action }])
      if (!bad) setTimeout(() => drop(id), action ? STAY_WITH_ACTION_MS : STAY_MS)
    },
    [drop],
  )
  const teller = useMemo(() => ({ tell: (text: string, action?: NoticeAction) => add(text, false, action), warn: (text: string) => add(text, true) }), [add])
  return (
    <Context.Provider value={teller}>
      {children}
      <div className="notices no-print" role="status" aria-live="polite">
        {notices.map((one) => (
          <div key={one.id} className={`notice${one.bad ? ' notice-bad' : ''}`}>
            {one.bad ? <IconAlertTriangle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />}
            <span>{one.text}</span>
            {one.action && <ActionButton action={one.action} onDone={() => drop(one.id)} />}
            <button type="button" className="plain" aria-label={t('action.dismiss')} onClick={() => drop(one.id)}>
              <IconX size={14} aria-hidden />
            </button>
          </div>
        ))}
      </div>
    </Context.Provider>
  )
}

function ActionButton({ action, onDone }: { action: NoticeAction; onDone: () => void }) {
  return (
    <button
      type="button"
      className="plain notice-action"
      onClick={() => {
        onDone()
        action.run()
      }}
    >
      {action.label}
    </button>
  )
}
