/** What is being written, and what may be done with it. Thinking only. */
import type { ContentKind, QueryDraft, Validation } from '../../api/contentShapes'

export type Tab = 'query' | 'text'
/** `kept`: the text that stands on the server ('' for something new); `query` is the filter told as a query. */
export type Draft = { kind: ContentKind; tab: Tab; text: string; kept: string; query: QueryDraft }

export const NO_QUERY: QueryDraft = { query: '', title: '', risk: 'medium', techniques: [] }

export function newDraft(kind: ContentKind, tab: Tab, id: string): Draft {
  const text = kind === 'filter' ? FILTER.replace('{{id}}', id) : MODEL
  return { kind, tab: kind === 'filter' ? tab : 'text', text, kept: text, query: NO_QUERY }
}

export function isDirty(draft: Draft): boolean {
  return draft.tab === 'query' ? JSON.stringify(draft.query) !== JSON.stringify(NO_QUERY) || draft.text !== draft.kept : draft.text !== draft.kept
}

/** The text that would be saved: of a query, the rule it became. */
export function textToSave(draft: Draft, judged: Validation | undefined): string {
  return draft.tab === 'query' ? (judged?.text ?? '') : draft.text
}

/** Whether it says enough to be judged at all. */
export function isTold(draft: Draft): boolean {
  return draft.tab === 'query' ? draft.query.query.trim() !== '' : draft.text.trim() !== ''
}

/** What to send to be judged; `id` is of the content it would change. */
export function toJudge(draft: Draft, id: string | null = null) {
  if (draft.tab === 'query') return { kind: 'filter' as const, ...draft.query }
  return { kind: draft.kind, text: draft.text, ...(id === null ? {} : { id }) }
}

/** A first text that shows each part; it is not saved before somebody has changed it. */
const FILTER = `title: New filter
id: {{id}}
status: experimental
description: What it finds, and why an attacker does it.
tags: [attack.t1059]
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\\example.exe'
  condition: selection
level: medium
hinomi:
  class: behaviour
  highlights: [objectCmd, objectFilePath, endpointHostName]
  ja: {title: 新しいフィルタ, description: 見つけるものと、攻撃者がそれを行う理由}
tests:
  fires:
    - {Image: 'C:\\Temp\\example.exe', CommandLine: example.exe}
  silent:
    - {Image: 'C:\\Windows\\System32\\notepad.exe', CommandLine: notepad.exe}
`

const MODEL = `name: New model
severity: medium
description: What happened, and what to look at first.
products: [windows_sysmon, windows_security]
suppress: 24h
rules:
  - id: first
    name: What was seen
    type: single
    filters: []
ja:
  name: 新しい検知モデル
  description: 何が起きたか、まず何を確認するか
  rules:
    first: 観測されたこと
`
