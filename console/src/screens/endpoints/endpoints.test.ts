import { expect, it } from 'vitest'
import { linesOf, mountsOf, problemOf, readLines, readMounts } from './policy'
import { endpointQueryOf, healthOf, readOrder, softwareOf } from './view'

it('asks for what the address says, and for nothing else', () => {
  expect(endpointQueryOf({ connected: 'true', isolated: 'maybe', order: 'lastSeen desc' })).toMatchObject({ connected: 'true', isolated: '', orderBy: 'lastSeen desc' })
  expect(readOrder({ order: 'drop table' })).toEqual({ by: 'name', direction: 'asc' })
})

it('says how the collectors do', () => {
  expect(healthOf({ collectors: {} })).toBe('unknown')
  expect(healthOf({ collectors: { a: { active: true }, b: { active: false } } })).toBe('some')
  expect(healthOf({ collectors: { a: { active: true }, b: { active: false, spare: true } } })).toBe('all')
  expect(healthOf({ collectors: { a: { active: true } } })).toBe('all')
})

it('finds software by name and version', () => {
  const software = [{ name: 'openssl', version: '3.0' }, { name: 'bash', version: '5.2' }]
  expect(softwareOf({ software }, 'SSL 3')).toEqual([software[0]])
})

it('writes places and exclusions as lines, and reads them again', () => {
  const places = [{ path: '/etc', recursive: true, events: ['write'] }, { path: '/tmp', recursive: false, events: ['create'] }]
  expect(linesOf.places({ places })).toBe('/etc\n/tmp -')
  expect(readLines.places('/etc\n/tmp -\n/srv', { places })).toEqual([...places, { path: '/srv', recursive: true, events: ['create', 'rename', 'delete', 'write'] }])
  const exclusions = [{ field: 'exe', kind: 'process', value: '/usr/bin/a=b*' }, { field: 'user', kind: '', value: 'root' }]
  expect(readLines.exclusions(linesOf.exclusions({ exclusions }))).toEqual(exclusions)
})

it('reads mount points as they were written: each once, in the three ways a policy has', () => {
  for (const mounts of [['auto'], [], ['/srv', '/home'], ['auto', '/']]) expect(readMounts(mountsOf({ block_mounts: mounts }))).toEqual(mounts)
  expect(mountsOf({}).choice).toBe('auto')
  expect(readMounts({ choice: 'own', text: ' /srv/ \n\n/srv\n/' })).toEqual(['/srv', '/'])
})

it('says what is wrong with a list of mount points, and of no other choice', () => {
  const own = (text: string) => problemOf({ choice: 'own', text })
  expect(own('auto\n/srv')).toBeNull()
  expect(own(' \n')).toEqual({ problem: 'empty', line: '' })
  expect(own('/srv\nhome')).toEqual({ problem: 'relative', line: 'home' })
  expect(own('/srv/../etc')).toEqual({ problem: 'relative', line: '/srv/../etc' })
  expect(own(Array.from({ length: 65 }, (_, at) => `/m${at}`).join('\n'))).toEqual({ problem: 'many', line: '65' })
  expect(problemOf({ choice: 'none', text: 'home' })).toBeNull()
})
