import { FitAddon } from '@xterm/addon-fit'
import { Terminal as Xterm } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { useEffect, useRef } from 'react'

export type Screen = { write: (data: string | Uint8Array) => void; reset: () => void; focus: () => void; size: () => { columns: number; rows: number } }
type Props = {
  label: string
  /** Without a size it fills its place, and tells when that changes. */
  columns?: number
  rows?: number
  onReady: (screen: Screen) => void
  onType?: (data: string) => void
  onResize?: (columns: number, rows: number) => void
}

/** A terminal: what is written to it is shown, what is typed is told. */
export default function Terminal(props: Props) {
  const holder = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    const { columns, rows, label, onType } = latest.current
    const terminal = new Xterm({
      ...(columns && rows ? { cols: columns, rows } : {}),
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--h-mono'),
      fontSize: 13,
      cursorBlink: false,
      disableStdin: !onType,
      screenReaderMode: true,
      scrollback: 5_000,
      // What a host writes must not reach the clipboard or open windows.
      linkHandler: null,
      theme: { background: '#0e1218', foreground: '#e5e9f0', cursor: '#e8590c' },
    })
    terminal.open(holder.current as HTMLDivElement)
    terminal.textarea?.setAttribute('aria-label', label)
    const typed = terminal.onData((data) => latest.current.onType?.(data))
    const sized = terminal.onResize(({ cols, rows: lines }) => latest.current.onResize?.(cols, lines))
    const unfit = columns && rows ? undefined : fitted(terminal, holder.current as HTMLDivElement)
    latest.current.onReady({ write: (data) => terminal.write(data), reset: () => terminal.reset(), focus: () => terminal.focus(), size: () => ({ columns: terminal.cols, rows: terminal.rows }) })
    return () => {
      typed.dispose()
      sized.dispose()
      unfit?.()
      terminal.dispose()
    }
  }, [])
  return <div className="terminal" ref={holder} data-testid="terminal" />
}

function fitted(terminal: Xterm, holder: HTMLElement): () => void {
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  fit.fit()
  const watcher = new ResizeObserver(() => fit.fit())
  watcher.observe(holder)
  return () => watcher.disconnect()
}
