import { useEffect, useRef } from 'react'

/** Key names as `KeyboardEvent.key` says them; "mod+k" is Ctrl or Command with k. */
export type Keys = Record<string, (event: KeyboardEvent) => void>

/** True while a person types, so that single letters are text and not orders. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function isMarkBox(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'checkbox'
}

/** Listens on the whole page. Single letters rest while someone types or while a dialog or menu is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      const withMod = event.ctrlKey || event.metaKey
      const name = withMod ? `mod+${event.key.toLowerCase()}` : event.key
      const action = latest.current[name]
      if (!action) return
      if (!withMod && ((isTyping(event.target) && !isMarkBox(event.target)) || isCovered())) return
      event.preventDefault()
      action(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

function isCovered(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
}

/** Moves along a list: the row after (1) or before (-1) the one under the cursor, or the first when there is none. */
export function stepKey(keys: string[], cursor: string | null | undefined, step: 1 | -1): string | undefined {
  const at = cursor ? keys.indexOf(cursor) : -1
  if (at === -1) return keys[0]
  return keys[Math.min(Math.max(at + step, 0), keys.length - 1)]
}
