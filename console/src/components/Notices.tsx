import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import './notices.css'

type Notice = { id: number; text: string; bad: boolean }
type Teller = { tell: (text: string) => void; warn: (text: string) => void }
const Context = createContext<Teller>({ tell: () => undefined, warn: () => undefined })
const STAY_MS = 5_000

export const useNotice = () => useContext(Context)

/** Short messages at the foot of the page; good news leaves by itself, bad news waits to be read. */
export function NoticesProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [notices, setNotices] = useState<Notice[]>([])
  const next = useRef(1)
  const drop = useCallback((id: number) => setNotices((all) => all.filter((one) => one.id !== id)), [])
  const add = useCallback(
    (text: string, bad: boolean) => {
      const id = next.current++
      setNotices((all) => [...all.slice(-3), { id, text, bad }])
      if (!bad) setTimeout(() => drop(id), STAY_MS)
    },
    [drop],
  )
  const teller = useMemo(() => ({ tell: (text: string) => add(text, false), warn: (text: string) => add(text, true) }), [add])
  return (
    <Context.Provider value={teller}>
      {children}
      <div className="notices no-print" role="status" aria-live="polite">
        {notices.map((one) => (
          <div key={one.id} className={`notice${one.bad ? ' notice-bad' : ''}`}>
            {one.bad ? <IconAlertTriangle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />}
            <span>{one.text}</span>
            <button type="button" className="plain" aria-label={t('action.dismiss')} onClick={() => drop(one.id)}>
              <IconX size={14} aria-hidden />
            </button>
          </div>
        ))}
      </div>
    </Context.Provider>
  )
}
