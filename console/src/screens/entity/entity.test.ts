import { describe, expect, it } from 'vitest'
import { entityOf } from '../../api/entities'
import { rarityWord } from '../../components/Rarity'
import { countedAs } from '../../components/usePrevalence'
import { entityQueryText, everyDay, objectOfEntity } from './entityView'

describe('an entity', () => {
  it('is found where its kind can stand', () => {
    expect(entityQueryText('address', '10.0.0.1')).toBe('src: "10.0.0.1" OR dst: "10.0.0.1" OR objectIp: "10.0.0.1" OR objectIps: "10.0.0.1" OR eventDataIpAddress: "10.0.0.1"')
    expect(entityQueryText('file', 'a'.repeat(40))).toContain('processFileHashSha1: "aaaa')
    expect(entityQueryText('file', 'C:\\a.exe')).toBe('processFilePath: "C:\\\\a.exe" OR objectFilePath: "C:\\\\a.exe"')
    expect(entityQueryText('process', 'cmd.exe')).toBe('processName: "cmd.exe" OR objectName: "cmd.exe"')
    expect(entityQueryText('process', '/bin/sh')).toBe('processFilePath: "/bin/sh" OR objectFilePath: "/bin/sh"')
    expect(entityQueryText('file', 'a'.repeat(40))).toContain('parentFileHashSha1: "aaaa')
    expect(entityQueryText('file', 'a'.repeat(32))).not.toContain('parent')
    expect(entityQueryText('domain', 'evil.example.')).toBe('hostName: "evil.example" OR request: *://evil.example OR request: *://evil.example/* OR request: *://evil.example:*')
    expect(entityQueryText('domain', 'a" OR *')).toBe('hostName: "a\\" OR *"')
    expect(entityQueryText('endpoint', '89831a44-554a-58c6-963e-8c50fd80f253')).toBe('endpointGuid: "89831a44-554a-58c6-963e-8c50fd80f253"')
    expect(entityQueryText('user', 'hinode\\tanaka')).toContain('(processUser: "tanaka" AND processUserDomain: "hinode")')
    expect(entityQueryText('user', 'tanaka@hinode')).toBe(entityQueryText('user', 'hinode\\tanaka'))
    expect(entityQueryText('user', 'root')).toContain('processUser: "root"')
  })

  it('is what a value of the screen stands for', () => {
    expect(entityOf({ type: 'hash', value: 'ab' })).toEqual({ kind: 'file', value: 'ab' })
    expect(entityOf({ type: 'command', value: 'reg save' })).toBeNull()
    expect(objectOfEntity('file', 'b'.repeat(64)).type).toBe('hash')
    expect(objectOfEntity('endpoint', 'PC-1')).toEqual({ type: 'host', field: 'endpointHostName', value: 'PC-1' })
  })

  it('has a bar for every day of the window, up to the last', () => {
    expect(everyDay([{ day: '2026-01-03', count: 2 }, { day: '2026-01-01', count: 1 }], 4)).toEqual([{ day: '2025-12-31', count: 0 }, { day: '2026-01-01', count: 1 }, { day: '2026-01-02', count: 0 }, { day: '2026-01-03', count: 2 }])
    expect(everyDay([], 30)).toEqual([])
  })

  it('is rare when hardly anybody has it', () => {
    expect([0.99, 0.85, 0.2, null].map(rarityWord)).toEqual(['rare', 'uncommon', null, null])
  })
})

describe('prevalence', () => {
  it('is counted for files, foreign addresses and names', () => {
    expect(['objectFileHashSha256', 'objectFileImphash', 'processFilePath', 'dst', 'endpointIp', 'hostName', 'objectCmd'].map(countedAs)).toEqual(['file', null, 'file', 'address', null, 'domain', null])
  })
})
