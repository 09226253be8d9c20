/** One export as it runs: what came so far, how much will come, and the way to stop it. */
import { useEffect, useRef, useState } from 'react'
import { exportRows, type ExportWish } from '../../api/search'
import type { ExportFormat } from '../../api/searchShapes'

export type ExportState =
  | { step: 'ready' }
  | { step: 'running'; bytes: number; rows: number; total: number | null }
  | { step: 'done'; bytes: number; total: number | null }
  | { step: 'stopped' }
  | { step: 'failed'; error: unknown }

/** Rows in a part of a text file; a Parquet file does not tell. */
export function rowsIn(part: Uint8Array, format: ExportFormat): number {
  if (format === 'parquet') return 0
  let rows = 0
  for (const byte of part) if (byte === 10) rows += 1
  return rows
}

/** 0 to 100 of what comes, where that is known. */
export function percentOf(state: ExportState): number | null {
  if (state.step !== 'running' || state.total === null || state.rows === 0) return null
  return Math.min(100, (100 * state.rows) / Math.max(1, state.total))
}

export function useExport() {
  const [state, setState] = useState<ExportState>({ step: 'ready' })
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])
  const start = async (wish: ExportWish) => {
    const own = new AbortController()
    controller.current = own
    let [bytes, rows, total]: [number, number, number | null] = [0, 0, null]
    const tell = () => setState({ step: 'running', bytes, rows, total })
    tell()
    try {
      const file = await exportRows(wish, {
        signal: own.signal,
        onStart: (headers) => {
          total = headers.get('Hinomi-Rows') === null ? null : Number(headers.get('Hinomi-Rows'))
          tell()
        },
        onPart: (part) => {
          bytes += part.length
          rows += rowsIn(part, wish.format)
          tell()
        },
      })
      keep(file, `hinomi-search.${wish.format}`)
      setState({ step: 'done', bytes, total })
    } catch (error) {
      setState(own.signal.aborted ? { step: 'stopped' } : { step: 'failed', error })
    }
  }
  return { state, start, stop: () => controller.current?.abort() }
}

/** Gives the file to the browser's downloads. */
function keep(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has begun by then; the memory is given back later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
