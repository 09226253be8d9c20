import { describe, expect, it } from 'vitest'
import { exceptionOf, exemptedOf, expiryOf, isWide, lacks, readForm, type Form } from './form'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const FORM: Form = { ...readForm({ field: 'objectCmd', value: 'reg save', filter: 'reg_save' }), reason: ' backup ' }

describe('the form of an exception', () => {
  it('is prefilled from the address, with what makes sense only', () => {
    expect(FORM).toMatchObject({ field: 'objectCmd', operator: 'equals', value: 'reg save', filterId: 'reg_save', endpoints: [], expiry: '90' })
    expect(readForm({ operator: 'contains', endpoints: 'PC-1,SRV-*' })).toMatchObject({ operator: 'contains', endpoints: ['PC-1', 'SRV-*'] })
    expect(readForm({ operator: 'drop table' }).operator).toBe('equals')
  })

  it('asks the bill for what is passed over, and for nothing else', () => {
    expect(exemptedOf(FORM)).toEqual({ field: 'objectCmd', operator: 'equals', value: 'reg save', filterId: 'reg_save', scope: null })
    expect(exemptedOf({ ...FORM, filterId: '', endpoints: ['PC-*'] })).toMatchObject({ filterId: null, scope: { endpoints: ['PC-*'] } })
  })

  it('keeps the blanks of a value and trims the reason', () => {
    expect(exceptionOf({ ...FORM, value: ' a ' }, NOW, false)).toMatchObject({ value: ' a ', reason: 'backup', expiresDateTime: '2027-02-20T10:00:00.000Z' })
    expect(exceptionOf(FORM, NOW, false)).not.toHaveProperty('override')
    expect(exceptionOf(FORM, NOW, true).override).toBe(true)
  })

  it('ends never, after some days, or with a whole day', () => {
    expect(expiryOf({ expiry: 'never', day: '' }, NOW)).toBeNull()
    expect(expiryOf({ expiry: '7', day: '' }, NOW)).toBe('2026-11-29T10:00:00.000Z')
    expect(new Date(expiryOf({ expiry: 'date', day: '2026-12-01' }, NOW) as string).getHours()).toBe(23)
  })

  it('says what is missing', () => {
    expect(lacks(FORM, NOW)).toEqual([])
    expect(lacks({ ...FORM, field: ' ', value: '', reason: '' }, NOW)).toEqual(['field', 'value', 'reason'])
    expect(lacks({ ...FORM, expiry: 'date', day: '2020-01-01' }, NOW)).toEqual(['day'])
    expect(lacks({ ...FORM, expiry: 'date', day: '' }, NOW)).toEqual(['day'])
  })

  it('warns of what would hide too much', () => {
    expect(isWide(FORM)).toBe(false)
    expect(isWide({ ...FORM, filterId: '', operator: 'contains', value: 'e' })).toBe(true)
    expect(isWide({ ...FORM, filterId: '', operator: 'cidr', value: '0.0.0.0/0' })).toBe(true)
    expect(isWide({ ...FORM, filterId: '', operator: 'cidr', value: '10.0.0.0/8' })).toBe(false)
  })
})
