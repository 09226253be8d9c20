import { describe, expect, it } from 'vitest'
import { boundsOf, readRange, writeRange, type Range } from '../components/range'
import * as detections from '../screens/detections/view'
import { safeReturn } from '../screens/login/Login'
import * as workbench from '../screens/workbench/view'
import { readAddress, writeAddress, type Address } from './address'
import { stepKey } from './keys'

/** Through the address bar and back. */
const travelled = (written: Record<string, string | undefined>): Address => readAddress(writeAddress(written))

describe('the address of the Workbench', () => {
  it('is empty for the default view: Open + In Progress, last 24 hours, all models, highest score first', () => {
    expect(workbench.readView({})).toEqual(workbench.DEFAULTS)
    expect(writeAddress(workbench.writeView(workbench.DEFAULTS))).toBe('')
    expect(workbench.alertQueryOf(workbench.DEFAULTS)).toMatchObject({ status: 'Open,In Progress', created: '24h', model: '', orderBy: 'score desc' })
  })

  it.each<Partial<workbench.View>>([
    { statuses: ['Closed'] },
    { statuses: ['Open', 'In Progress', 'Closed'], created: 'all' },
    { severities: ['critical', 'high'], model: 'credential_dumping' },
    { search: 'hinode\\田中 & 50%+1,2="x"' },
    { order: { by: 'createdDateTime', direction: 'asc' }, cursor: 'WB-1-20261122-00001', flyout: true },
    { group: 'endpoint' },
    { tab: 'incidents', order: { by: 'alertCount', direction: 'desc' } },
  ])('brings back %o', (changes) => {
    const view = { ...workbench.DEFAULTS, ...changes }
    expect(workbench.readView(travelled(workbench.writeView(view)))).toEqual(view)
  })

  it('falls back to the default where it makes no sense', () => {
    expect(workbench.readView({ status: 'Gone', created: 'ever', order: 'password asc', severity: 'purple', tab: 'x', flyout: '1' })).toEqual(workbench.DEFAULTS)
  })

  it('asks for every status by asking for none', () => {
    expect(workbench.alertQueryOf(workbench.readView({ status: 'all' })).status).toBe('')
  })
})

describe('the address of the Observed Attack Techniques', () => {
  it('brings back facets, hidden filters and a dragged span', () => {
    const view: detections.View = {
      range: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
      search: 'reg.exe',
      chosen: { risk: ['high', 'critical'], tactic: ['TA0006'], technique: ['T1003.002'], filter: ['mimikatz'], endpoint: ['PC-1'] },
      hidden: ['logon_failed'],
      cursor: 'abc',
    }
    expect(detections.readView(travelled(detections.writeView(view)))).toEqual(view)
    expect(detections.detectionQueryOf(view, 0)).toMatchObject({ from: '2026-01-01T00:00:00.000Z', risk: 'high,critical', technique: 'T1003.002' })
  })
})

describe('a range', () => {
  it.each<Range>([{ preset: 'all' }, { preset: '24h' }, { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' }])('comes back: %o', (range) => {
    expect(readRange(travelled(writeRange(range)))).toEqual(range)
  })

  it('is the default where the moments are wrong or the wrong way round', () => {
    expect(readRange({ from: 'yesterday', to: '2026-01-01T00:00:00Z' })).toEqual({ preset: '24h' })
    expect(readRange({ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' })).toEqual({ preset: '24h' })
  })

  it('ends now, and has no bounds for all times', () => {
    expect(boundsOf({ preset: '1h' }, Date.parse('2026-01-01T01:00:00Z'))).toEqual({ from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' })
    expect(boundsOf({ preset: 'all' }, 0)).toEqual({})
  })
})

describe('moving about', () => {
  it('steps along the rows and stops at the ends', () => {
    expect(stepKey(['a', 'b', 'c'], 'a', 1)).toBe('b')
    expect(stepKey(['a', 'b', 'c'], 'c', 1)).toBe('c')
    expect(stepKey(['a', 'b', 'c'], 'a', -1)).toBe('a')
    expect(stepKey(['a', 'b', 'c'], 'gone', -1)).toBe('a')
    expect(stepKey([], '', 1)).toBeUndefined()
  })

  it('goes back after the log-in to a page of ours only', () => {
    expect(safeReturn('/models?search=a')).toBe('/models?search=a')
    for (const path of [undefined, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/login?next=/x']) expect(safeReturn(path)).toBe('/workbench')
  })
})
