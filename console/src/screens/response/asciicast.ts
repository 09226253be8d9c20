/** A recording of a terminal (asciicast, versions 2 and 3): a head, then one event a line. Thinking only. */
export type CastEvent = { at: number; kind: string; data: string }
export type Cast = { width: number; height: number; events: CastEvent[]; seconds: number }

/** Lines that are no event are left out: a recording may end in the middle of one when the server was killed. */
export function readCast(text: string): Cast {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const head = read(lines[0]) as { version?: number; width?: number; height?: number; term?: { cols?: number; rows?: number } } | undefined
  const relative = head?.version === 3
  const events: CastEvent[] = []
  let clock = 0
  for (const line of lines.slice(1)) {
    const found = read(line)
    if (!Array.isArray(found) || typeof found[0] !== 'number' || typeof found[1] !== 'string') continue
    clock = relative ? clock + found[0] : Math.max(clock, found[0])
    events.push({ at: clock, kind: found[1], data: String(found[2] ?? '') })
  }
  return { width: bounded(head?.width ?? head?.term?.cols, 80), height: bounded(head?.height ?? head?.term?.rows, 24), events, seconds: clock }
}

function read(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return undefined
  }
}

function bounded(value: unknown, fallback: number): number {
  return typeof value === 'number' && value >= 1 && value <= 500 ? Math.floor(value) : fallback
}

/** Waiting longer than this teaches nobody anything. */
const MOST_IDLE_S = 2

/** The moment at which each event is shown: as it was, with long waits made short. */
export function playTimes(events: CastEvent[]): number[] {
  let shown = 0
  let before = 0
  return events.map(({ at }) => {
    shown += Math.min(at - before, MOST_IDLE_S)
    before = at
    return shown
  })
}
