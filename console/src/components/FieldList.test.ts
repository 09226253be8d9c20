import { expect, it } from 'vitest'
import { partsOf, typeOfField } from './FieldList'

it('takes a list apart, so that each address of it can be acted upon', () => {
  expect(partsOf(['203.0.113.10', '203.0.113.11', '203.0.113.10'])).toEqual(['203.0.113.10', '203.0.113.11'])
  expect(partsOf('a, b')).toEqual(['a, b'])
  expect(partsOf([])).toEqual([''])
  expect(typeOfField('objectIps')).toBe('address')
})
