import { describe, expect, it } from 'vitest'
import type { Task } from '../../api/responseShapes'
import type { AlertDetail } from '../../api/shapes'
import { checklistOf, suspectedHosts } from './checklist'

type Alert = Parameters<typeof checklistOf>[0]
const AT = Date.parse('2026-11-22T10:00:00Z')
const alert = (more: Partial<AlertDetail> = {}): Alert => ({ modelId: 'credential_dumping', model: { en: 'Credential Dumping', ja: '' }, status: 'Open', createdDateTime: '2026-11-22T10:00:00Z', history: [], ...more })
const task = (action: string, state: Task['state'], created: number, changed: number) => ({ action, state, created: AT + created, changed: AT + changed, file: null }) as Task
const states = (one: Alert, tasks: Task[] = []) => Object.fromEntries(checklistOf(one, tasks).map((step) => [step.key, step.state]))

describe('the guided checklist', () => {
  it('goes check, decide, isolate, collect; a real case goes on with three more', () => {
    expect(checklistOf(alert(), []).map((step) => step.key)).toEqual(['check', 'decide', 'isolate', 'collect', 'submit', 'pattern', 'scan'])
    expect(checklistOf(alert({ modelId: 'demo_credential_dumping' }), [])).toHaveLength(4)
  })
  it('has one thing to do now', () => {
    expect(states(alert())).toMatchObject({ check: 'now', decide: 'open', isolate: 'open' })
    const looked = alert({ status: 'In Progress', history: [{ at: '2026-11-22T10:01:00Z', who: 'sato', action: 'status', details: {} }] })
    expect(states(looked)).toMatchObject({ check: 'done', decide: 'done', isolate: 'now', collect: 'open' })
  })
  it('times a step from what truly happened', () => {
    const steps = checklistOf(alert(), [task('isolate_endpoint', 'verified', 60_000, 64_000)])
    expect(steps.find((step) => step.key === 'isolate')).toEqual({ key: 'isolate', state: 'done', beginMs: AT + 60_000, endMs: AT + 64_000 })
    expect(steps.find((step) => step.key === 'decide')).toMatchObject({ state: 'done', endMs: AT + 60_000 })
  })
  it('does not count what failed', () => expect(states(alert(), [task('isolate_endpoint', 'failed', 1, 2)]).isolate).not.toBe('done'))
  it('of a closed alert skips what was not needed', () => {
    const closed = alert({ status: 'Closed', history: [{ at: '2026-11-22T10:02:00Z', who: 'sato', action: 'status', details: { to: 'Closed' } }] })
    expect(states(closed)).toMatchObject({ check: 'done', decide: 'done', isolate: 'skipped', scan: 'skipped' })
  })
})

it('suspects every host of the scope', () => {
  const entities = [{ type: 'host' as const, id: 'PC-1', name: 'PC-1' }, { type: 'account' as const, id: 'x', name: 'x' }, { type: 'host' as const, id: '3e0c1f9a-0000-4000-8000-000000000001', name: 'web' }]
  expect(suspectedHosts({ impactScope: { counts: {}, entities } })).toEqual([{ name: 'PC-1' }, { guid: '3e0c1f9a-0000-4000-8000-000000000001', name: 'web' }])
})
