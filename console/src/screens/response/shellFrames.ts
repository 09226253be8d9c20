/** Frames of the shell's stream: JSON; what the terminal shows comes in Base64, what is typed goes as text. Thinking only. */
import type { Text } from '../../api/shapes'

/** Who types and who looks on; `why` says why one's own keys do not count. */
export type ShellState = { state: string; driver: string; watchers: string[]; mayType: boolean; why: Text | null; idleS: number; maxS: number }

export type Frame =
  | { type: 'output'; data: string }
  | ({ type: 'state' } & ShellState)
  | { type: 'end'; reason?: string; text?: Text }
  | { type: 'left'; reason?: string }

export function decode(data: string): Uint8Array {
  return Uint8Array.from(atob(data), (one) => one.charCodeAt(0))
}

/** Undefined for what is no frame. */
export function readFrame(text: string): Frame | undefined {
  try {
    const found = JSON.parse(text) as Frame
    return typeof found?.type === 'string' ? found : undefined
  } catch {
    return undefined
  }
}
