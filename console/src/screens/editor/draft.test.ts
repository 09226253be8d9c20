import { describe, expect, it } from 'vitest'
import { isDirty, isTold, newDraft, textToSave, toJudge } from './draft'

const ID = '3f1f7a52-63b5-4c0e-8a39-93a7d6f0c5f4'

describe('a draft', () => {
  it('is clean until somebody changes it', () => {
    const draft = newDraft('filter', 'query', ID)
    expect(isDirty(draft)).toBe(false)
    expect(isDirty({ ...draft, query: { ...draft.query, query: 'a: 1' } })).toBe(true)
    expect(isDirty({ ...draft, tab: 'text' })).toBe(false)
    expect(isDirty({ ...draft, tab: 'text', text: `${draft.text}#` })).toBe(true)
  })

  it('gives a new filter an identity of its own, and a model no query tab', () => {
    expect(newDraft('filter', 'text', ID).text).toContain(`id: ${ID}\n`)
    expect(newDraft('model', 'query', ID).tab).toBe('text')
  })

  it('of a query saves the rule that the query became', () => {
    const draft = { ...newDraft('filter', 'query', ID), query: { query: 'a: 1', title: 'T', risk: 'high' as const, techniques: ['T1003'] } }
    const judged = { ok: true, text: 'title: T', errors: [], warnings: [], summary: null, proof: null }
    expect(toJudge(draft)).toEqual({ kind: 'filter', query: 'a: 1', title: 'T', risk: 'high', techniques: ['T1003'] })
    expect(textToSave(draft, judged)).toBe('title: T')
    expect(textToSave(draft, undefined)).toBe('')
    expect(textToSave({ ...draft, tab: 'text', text: 'x' }, judged)).toBe('x')
  })

  it('is judged only when it says something', () => {
    const draft = newDraft('filter', 'query', ID)
    expect(isTold(draft)).toBe(false)
    expect(isTold({ ...draft, tab: 'text', text: ' \n' })).toBe(false)
    expect(isTold({ ...draft, tab: 'text' })).toBe(true)
  })
})
