/** Where in a YAML text the cursor stands, as far as completion needs to know. Thinking only. */

export type Place = {
  /** The keys above, outermost first; of a list, the key that holds it. */
  path: string[]
  /** Whether a key or a value is due. */
  due: 'key' | 'value'
  /** The key whose value is due. */
  key: string
  /** What has been typed of it so far, and the column (from 0) where it begins. */
  typed: string
  from: number
  /** Keys that stand already beside the one that is due. */
  taken: string[]
}

type Line = { indent: number; item: boolean; key: string; inline: string }

const KEY = /^(['"]?)([^'"#{}[\],]*?)\1\s*:(?:\s+(.*))?$/

/** Indentation counts from the first letter after "- ", so that keys of one list item stand side by side. */
function read(text: string): Line | null {
  const lead = /^\s*/.exec(text)?.[0].length ?? 0
  let rest = text.slice(lead)
  let indent = lead
  let item = false
  for (let dash = /^-(\s+|$)/.exec(rest); dash; dash = /^-(\s+|$)/.exec(rest)) {
    item = true
    indent += dash[0].length
    rest = rest.slice(dash[0].length)
  }
  if (rest.trim() === '' && !item) return null
  if (rest.startsWith('#')) return null
  const found = KEY.exec(rest)
  return { indent, item, key: found?.[2] ?? '', inline: found?.[3] ?? (found ? '' : rest) }
}

/** The place of column `column` (from 0) in line `at` (from 0). */
export function placeOf(lines: string[], at: number, column: number): Place {
  const before = (lines[at] ?? '').slice(0, column)
  const flow = flowOf(before)
  const here = read(before) ?? { indent: before.length, item: false, key: '', inline: '' }
  const path = pathAbove(lines, at, here)
  const keyed = KEY.exec(before.replace(/^\s*(?:-\s+)*/, ''))
  if (flow) return inFlow(flow, before, path, keyed?.[2] ?? '')
  if (keyed && /:\s/.test(before)) {
    const typed = keyed[3] ?? ''
    const word = lastWord(typed)
    return { path, due: 'value', key: keyed[2] ?? '', typed: word, from: before.length - word.length, taken: [] }
  }
  const typed = before.slice(here.indent)
  const owner = path.at(-1) ?? ''
  if (here.item && listsOfWords.has(owner)) return { path: path.slice(0, -1), due: 'value', key: owner, typed, from: here.indent, taken: [] }
  return { path, due: 'key', key: '', typed, from: before.length - typed.length, taken: siblings(lines, at, here.indent) }
}

/** Keys whose lists hold words and not mappings. */
const listsOfWords = new Set(['tags', 'filters', 'group_by', 'highlights', 'products', 'references', 'falsepositives'])

function lastWord(typed: string): string {
  return /\s/.test(typed) ? (/[^\s()]*$/.exec(typed)?.[0] ?? '') : typed.replace(/^['"]/, '')
}

/** The keys that hold the line: each one less indented than the one below it. */
function pathAbove(lines: string[], at: number, here: Line): string[] {
  const path: string[] = []
  let limit = here.item ? (/^\s*/.exec(lines[at] ?? '')?.[0].length ?? 0) + 1 : here.indent
  for (let index = at - 1; index >= 0 && limit > 0; index -= 1) {
    const line = read(lines[index] ?? '')
    if (!line || line.indent >= limit) continue
    if (line.key === '') continue
    path.unshift(line.key)
    // A key after "- " belongs to the list's owner, which may stand as far left as the dash itself.
    limit = line.item ? (/^\s*/.exec(lines[index] ?? '')?.[0].length ?? 0) + 1 : line.indent
  }
  return path
}

function siblings(lines: string[], at: number, indent: number): string[] {
  const found: string[] = []
  const look = (index: number): boolean => {
    const line = read(lines[index] ?? '')
    if (!line) return true
    if (line.indent < indent) return false
    if (line.indent === indent && line.key) found.push(line.key)
    return true
  }
  const starts = (index: number) => read(lines[index] ?? '')?.item === true && read(lines[index] ?? '')?.indent === indent
  if (!starts(at)) for (let index = at - 1; index >= 0 && look(index) && !starts(index); index -= 1);
  for (let index = at + 1; index < lines.length && !starts(index) && look(index); index += 1);
  return found
}

type Flow = { open: '{' | '['; inside: string }

/** The innermost bracket that is still open. Quotes are minded, so that brackets in values do not count. */
function flowOf(before: string): Flow | null {
  const stack: { open: '{' | '['; at: number }[] = []
  let quote = ''
  for (let index = 0; index < before.length; index += 1) {
    const letter = before[index] as string
    if (quote) quote = letter === quote ? '' : quote
    else if ((letter === "'" || letter === '"') && /[\s{[,:(]/.test(before[index - 1] ?? ' ')) quote = letter
    else if ((letter === '{' || letter === '[') && /[\s{[,:]/.test(before[index - 1] ?? ' ')) stack.push({ open: letter, at: index })
    else if (letter === '}' || letter === ']') stack.pop()
  }
  const last = stack.at(-1)
  return last ? { open: last.open, inside: before.slice(last.at + 1) } : null
}

function inFlow(flow: Flow, before: string, path: string[], key: string): Place {
  const part = (flow.inside.split(',').at(-1) ?? '').trimStart()
  const owner = key || (path.at(-1) ?? '')
  if (flow.open === '[') return { path, due: 'value', key: owner, typed: part, from: before.length - part.length, taken: [] }
  const inner = key ? [...path, key] : path
  const taken = flow.inside.split(',').slice(0, -1).map((one) => one.split(':')[0]?.trim() ?? '')
  const colon = /^([^:]*):\s+(.*)$/.exec(part)
  if (colon) return { path: inner, due: 'value', key: colon[1] ?? '', typed: colon[2] ?? '', from: before.length - (colon[2] ?? '').length, taken: [] }
  return { path: inner, due: 'key', key: '', typed: part, from: before.length - part.length, taken }
}
