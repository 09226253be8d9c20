import { expect, it } from 'vitest'
import { accountQuery, queryFor } from './queryText'

it('finds a value in its field, with marks and backslashes escaped', () => {
  expect(queryFor('objectCmd', 'cmd /c "reg save C:\\t"')).toBe('objectCmd: "cmd /c \\"reg save C:\\\\t\\""')
})

it('finds a value anywhere when its field is not known, and the first of several', () => {
  expect(queryFor('', 'mimikatz')).toBe('"mimikatz"')
  expect(queryFor('endpointIp', ['10.0.0.1', '10.0.0.2'])).toBe('endpointIp: "10.0.0.1"')
})

it('finds an account by its user in every field that names one', () => {
  expect(accountQuery('hinode\\sato')).toBe('logonUser: "sato" OR processUser: "sato" OR objectUser: "sato" OR eventDataTargetUserName: "sato"')
  expect(accountQuery('sato')).toBe(accountQuery('hinode\\sato'))
})
