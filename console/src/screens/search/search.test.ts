import { describe, expect, it } from 'vitest'
import { ApiError } from '../../api/client'
import { DATASETS } from '../../api/searchShapes'
import { readAddress, writeAddress } from '../../frame/address'
import { percentOf, rowsIn } from './exportJob'
import { shareText } from './FacetPanel'
import { aboutOf, neededColumns } from './neededColumns'
import { barsOf, widened } from './OverTime'
import { completed, piecesOf, replacedAt } from './queryPieces'
import { problemOf } from './useProblem'
import { moved, narrowed, ofDataset, questionOf, readView, shifted, termOf, writeView, type View } from './view'

describe('the address of Search', () => {
  const plain = readView({})

  it('is empty for the view one begins with', () => {
    expect(writeAddress(writeView(plain))).toBe('')
  })

  it.each<Partial<View>>([
    { query: 'objectCmd: "a \\"b\\" \\\\c" AND dpt >= 80', range: { preset: '30d' }, columns: ['endpointHostName', 'dst'] },
    { mode: 'stack', by: ['dst', 'dpt'], order: 'frequent', range: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' } },
    { rare: true, facets: ['dst'], cursor: 'abc' },
    { facets: [] },
    { mode: 'count', ...ofDataset('mail') },
    ofDataset('detections'),
  ])('brings back %o', (changes) => {
    const view = { ...plain, ...changes }
    expect(readView(readAddress(writeAddress(writeView(view))))).toEqual(view)
  })

  it('begins with what tells most in its data set', () => {
    for (const dataset of DATASETS) {
      const view = { ...plain, ...ofDataset(dataset) }
      expect(view.columns.length * view.facets.length * view.by.length).toBeGreaterThan(0)
      expect(readView(readAddress(writeAddress(writeView(view))))).toEqual(view)
      expect(writeView(view).columns).toBeUndefined()
    }
    expect(ofDataset('network').facets).toContain('hostName')
    expect(ofDataset('cloud').columns).not.toContain('processFilePath')
  })

  it('drops what cannot be the name of a field, and keeps to the bounds', () => {
    const view = readView({ columns: 'dst,<b>,dst,src', by: 'a,b,c,d', mode: 'magic', dataset: 'dreams' })
    expect(view).toMatchObject({ columns: ['dst', 'src'], by: ['a', 'b', 'c'], mode: 'list', dataset: 'all' })
  })

  it('asks for a span that ends now', () => {
    expect(questionOf({ ...plain, query: 'x', range: { preset: '1h' } }, Date.parse('2026-01-01T01:00:00Z'))).toEqual({ query: 'x', dataset: 'all', from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' })
  })
})

describe('narrowing', () => {
  it('adds a term, and brackets what an OR would tear apart', () => {
    expect(narrowed('', 'a: "1"')).toBe('a: "1"')
    expect(narrowed('b: 2', 'a: "1"')).toBe('b: 2 AND a: "1"')
    expect(narrowed('b: 2 or c: 3', 'a: "1"')).toBe('(b: 2 or c: 3) AND a: "1"')
  })

  it('filters in, out, and by the lack of a value', () => {
    expect(termOf('user', 'a"b')).toBe('user: "a\\"b"')
    expect(termOf('user', 5, true)).toBe('NOT user: "5"')
    expect(termOf('user', null)).toBe('user: ""')
  })
})

describe('columns', () => {
  it('move before another, to the end, and step by step', () => {
    expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b', 'c'], 'a', undefined)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b'], 'x', 'a')).toEqual(['a', 'b'])
    expect(shifted(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
    const list = ['a', 'b']
    expect(shifted(list, 'b', 1)).toBe(list)
  })

  it('ask for what the rows, their menu and their summary need, each once', () => {
    const asked = neededColumns({ dataset: 'all', columns: ['dst', 'summary', 'endpointGuid'] }).split(',')
    expect(asked).toEqual(expect.arrayContaining(['dst', 'endpointGuid', 'processHashId', 'objectCmd']))
    expect(asked).not.toContain('summary')
    expect(new Set(asked).size).toBe(asked.length)
    expect(neededColumns({ dataset: 'detections', columns: ['riskLevel'] })).toBe('')
  })
})

describe('the query line', () => {
  const kinds = (query: string) => piecesOf(query).filter((piece) => piece.text.trim() !== '').map((piece) => `${piece.kind}=${piece.text.trim()}`)

  it('colours fields, words of the language, texts and numbers', () => {
    expect(kinds('objectCmd: "reg save" AND dpt >= 80')).toEqual(['field=objectCmd', 'plain=:', 'text="reg save"', 'word=AND', 'field=dpt', 'plain=>=', 'number=80'])
    expect(kinds('order: /a\\/b/')).toEqual(['field=order', 'plain=:', 'text=/a\\/b/'])
  })

  it.each(['', 'a: "open', '¥¥ 日本語 AND', '((((', '"', '/', 'a\\"b'])('loses no letter of %j', (query) => {
    expect(piecesOf(query, 1).map((piece) => piece.text).join('').trimEnd()).toBe(query.trimEnd())
  })

  it('marks the place of the mistake, and the end when something is missing', () => {
    expect(piecesOf('a: 1 AND nosuch: 2', 9).filter((piece) => piece.wrong)).toEqual([{ kind: 'field', text: 'nosuch', wrong: true }])
    expect(piecesOf('a:', 2).at(-1)).toEqual({ kind: 'plain', text: ' ', wrong: true })
  })

  it('takes a suggestion for the wrong word alone, and a completion for its place', () => {
    expect(replacedAt('a: 1 AND objectCmdd: 2', 9, 'objectCmd')).toBe('a: 1 AND objectCmd: 2')
    expect(replacedAt('dpt => 80', 4, '>=')).toBe('dpt >= 80')
    expect(completed('obj AND x: 1', 0, 3, 'objectCmd: ')).toEqual({ text: 'objectCmd:  AND x: 1', position: 11 })
  })

  it('reads the place and the suggestion of a refusal, and takes no other error for one', () => {
    expect(problemOf(new ApiError(400, 'BadRequest', 'no', { details: { at: 3, suggestion: 'dst' } }))).toEqual({ message: 'no', at: 2, suggestion: 'dst' })
    expect(problemOf(new ApiError(400, 'BadRequest', 'no'))).toEqual({ message: 'no', at: null, suggestion: null })
    expect(problemOf(new ApiError(503, 'Busy', 'no'))).toBeNull()
    expect(problemOf(null)).toBeNull()
  })
})

describe('figures', () => {
  it('says a share in whole percent, and never that something is nothing', () => {
    expect([0, 0.001, 0.124, 1].map(shareText)).toEqual(['0 %', '<1 %', '12 %', '100 %'])
  })

  it('draws the empty times too, and zooms out around the same middle', () => {
    const bars = barsOf({ bucketMs: 3_600_000, items: [{ t: Date.parse('2026-01-01T01:00:00Z'), count: 4 }] }, { from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:30:00Z' })
    expect(bars.map((bar) => bar.parts[0]?.count)).toEqual([0, 4, 0])
    expect(widened({ from: '2026-01-01T01:00:00.000Z', to: '2026-01-01T02:00:00.000Z' })).toEqual({ from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T03:00:00.000Z' })
  })

  it('follows an export by its rows, where the format tells them', () => {
    const part = new TextEncoder().encode('a\nb\n')
    expect([rowsIn(part, 'ndjson'), rowsIn(part, 'parquet')]).toEqual([2, 0])
    expect(percentOf({ step: 'running', bytes: 1, rows: 50, total: 200 })).toBe(25)
    expect(percentOf({ step: 'running', bytes: 1, rows: 0, total: null })).toBeNull()
  })
})

it('knows which process and which file a value of a row is', () => {
  const row = { processPid: 7, processLaunchTime: 9, processFileHashSha1: 'f', objectFileHashSha256: 'e', objectFileHashSha1: '' }
  expect(aboutOf('processFilePath', row)).toEqual({ pid: 7, startedMs: 9, sha1: 'f', sha256: undefined })
  expect(aboutOf('objectFilePath', row)).toEqual({ sha1: undefined, sha256: 'e' })
  expect(aboutOf('endpointHostName', row)).toBeUndefined()
  expect(neededColumns({ dataset: 'all', columns: ['processFilePath'] })).toContain('processLaunchTime')
})
