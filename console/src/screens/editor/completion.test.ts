import { describe, expect, it } from 'vitest'
import type { Completion } from '../../api/contentShapes'
import { optionsAt, queryOptions, selectionsOf } from './completion'
import { placeOf } from './place'

const KNOWN: Completion = {
  fields: [
    { name: 'objectCmd', sigma: ['CommandLine'], type: 'text' },
    { name: 'objectFilePath', sigma: ['Image', 'TargetFilename'], type: 'text' },
    { name: 'endpointGuid', sigma: [], type: 'text' },
  ],
  modifiers: [{ name: 'contains', text: { en: 'part of the text', ja: '文字列の一部' } }, { name: 'all', text: { en: 'all of the list', ja: 'すべて' } }],
  logsources: [
    { product: 'windows', category: 'process_creation', service: null, label: { en: 'Process started', ja: 'プロセスの開始' } },
    { product: 'windows', category: null, service: 'security', label: { en: 'Security log', ja: 'セキュリティログ' } },
  ],
  filters: [{ id: 'reg_save', title: { en: 'Hive saved', ja: 'ハイブの保存' } }],
  techniques: [{ id: 'T1003.002', name: 'Security Account Manager' }],
}

const FILTER = `title: A
logsource:
  product: windows
  category: process_creation
detection:
  hive:
    CommandLine|contains:
      - ' save '
  keys: {Image|endswith: 'reg.exe', CommandLine: x}
  condition: hive and keys
tags: [attack.t1003]
hinomi:
  class: behaviour
  highlights: [objectCmd, processCmd]
tests:
  fires:
    - {Image: 'C:\\a, b', CommandLine: x}
`.split('\n')

const MODEL = `name: M
severity: high
rules:
  - id: a
    type: single
    filters: [reg_save]
  - id: b
    filters:
      - reg_save
`.split('\n')

/** The options where a "~" is put into a line. */
function at(kind: 'filter' | 'model', lines: string[], index: number, line: string) {
  const text = [...lines]
  text[index] = line.replace('~', '')
  const place = placeOf(text, index, line.indexOf('~'))
  return { place, ...optionsAt(kind, place, KNOWN, selectionsOf(text), (one) => one.en) }
}
const labels = (found: { options?: { label: string }[] }) => (found.options ?? []).map((one) => one.label)

describe('completion of a filter', () => {
  it('offers top keys that do not stand yet', () => {
    expect(labels(at('filter', [...FILTER.slice(0, -1), 'le'], FILTER.length - 1, 'le~'))).toEqual(['id', 'status', 'description', 'author', 'date', 'modified', 'references', 'falsepositives', 'level'])
  })

  it('offers log sources, each once', () => {
    expect(labels(at('filter', FILTER, 2, '  product: w~'))).toEqual(['windows'])
    expect(labels(at('filter', FILTER, 3, '  category: ~'))).toEqual(['process_creation'])
    expect(labels(at('filter', FILTER, 4, '  se~'))).toEqual(['service'])
  })

  it('offers field names in a selection and modifiers after a bar', () => {
    const names = at('filter', FILTER, 6, '    Comm~')
    expect(names).toMatchObject({ from: 4, place: { path: ['detection', 'hive'], due: 'key' } })
    expect(labels(names)).toEqual(['CommandLine', 'Image', 'TargetFilename', 'objectCmd', 'objectFilePath', 'endpointGuid'])
    const modified = at('filter', FILTER, 6, '    CommandLine|contains|~')
    expect(modified.from).toBe('    CommandLine|contains|'.length)
    expect(labels(modified)).toEqual(['contains', 'all'])
  })

  it('knows mappings in one line, values with commas and colons included', () => {
    expect(at('filter', FILTER, 8, "  keys: {Image|endswith: 'C:\\a, b', Comm~")).toMatchObject({ place: { path: ['detection', 'keys'], due: 'key', typed: 'Comm' } })
    expect(labels(at('filter', FILTER, 16, '    - {Ima~'))).toContain('Image')
  })

  it('offers selections and words in the condition', () => {
    const found = at('filter', FILTER, 9, '  condition: hive and ke~')
    expect(found.from).toBe('  condition: hive and '.length)
    expect(labels(found).slice(0, 3)).toEqual(['hive', 'keys', 'and'])
  })

  it('offers techniques as tags, in a list and in brackets', () => {
    expect(labels(at('filter', FILTER, 10, 'tags: [attack.t1003, at~'))).toEqual(['attack.t1003.002'])
    expect(labels(at('filter', [...FILTER.slice(0, 10), 'tags:', '  - at'], 11, '  - at~'))).toEqual(['attack.t1003.002'])
  })

  it('offers closed sets, and our fields as highlights', () => {
    expect(labels(at('filter', FILTER, 12, '  class: ~'))).toEqual(['signature', 'indicator', 'behaviour', 'anomaly'])
    expect(labels(at('filter', FILTER, 13, '  highlights: [objectCmd, ~'))).toEqual(['objectCmd', 'objectFilePath', 'endpointGuid'])
  })

  it('is silent where a free text is due', () => {
    expect(labels(at('filter', FILTER, 0, 'title: ~'))).toEqual([])
    expect(labels(at('filter', FILTER, 7, "      - ' sa~"))).toEqual([])
  })
})

describe('completion of a model', () => {
  it('offers the keys of a rule that it lacks', () => {
    expect(labels(at('model', MODEL, 4, '    ~'))).toEqual(['name', 'type', 'stages', 'group_by', 'window', 'threshold', 'distinct'])
    expect(labels(at('model', MODEL, 6, '  - ~'))).not.toContain('filters')
  })

  it('offers filters by their ids, types and severities', () => {
    expect(labels(at('model', MODEL, 5, '    filters: [re~'))).toEqual(['reg_save'])
    expect(labels(at('model', MODEL, 8, '      - re~'))).toEqual(['reg_save'])
    expect(labels(at('model', MODEL, 4, '    type: ~'))).toEqual(['single', 'count', 'sequence', 'stages', 'variety'])
    expect(labels(at('model', MODEL, 1, 'severity: h~'))).toEqual(['critical', 'high', 'medium', 'low'])
  })
})

describe('completion of a query', () => {
  it('offers fields where a term begins, never inside a value', () => {
    expect(queryOptions('objectCmd: reg and obj', KNOWN)).toMatchObject({ from: 19 })
    expect(labels(queryOptions('obj', KNOWN) ?? {})).toContain('objectCmd')
    expect(queryOptions('objectCmd: re', KNOWN)).toBeNull()
    expect(queryOptions('objectCmd: "a ob', KNOWN)).toBeNull()
  })
})

describe('selections', () => {
  it('are the keys right under detection, the condition left out', () => {
    expect(selectionsOf(FILTER)).toEqual(['hive', 'keys'])
    expect(selectionsOf(['title: a'])).toEqual([])
  })
})
