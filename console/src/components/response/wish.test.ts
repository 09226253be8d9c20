import { describe, expect, it } from 'vitest'
import type { ResponseAction } from '../../api/responseShapes'
import { answered, asked, bareUser, blockTypeOf, endpointOptions, filled, headline, kept, named, ordered, untestedOn, wishOf } from './wish'

const parameters = (...names: string[]) => names.map((name) => ({ name, type: 'text', required: false, label: { en: name, ja: name } }))
const action = (name: string, ...names: string[]) => ({ name, kind: 'endpoint' as const, parameters: parameters(...names) })

describe('what a value is to the block list', () => {
  it.each([
    ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'fileSha1'],
    ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'fileSha256'],
    ['198.51.100.7', 'ip'], ['2001:db8::1', 'ip'], ['192.0.2.0/24', 'ip'],
    ['evil.example', 'domain'], ['*.evil.example', 'domain'],
    ['https://evil.example/a?b=c', 'url'], ['mallory@evil.example', 'senderMailAddress'],
  ])('knows %s', (value, type) => expect(blockTypeOf(value)).toBe(type))
  it.each(['', 'hello', '999.1.1.1', '192.0.2.0/33', 'cmd.exe /c x', 'd41d8cd98f00b204e9800998ecf8427e'])('does not guess at %s', (value) => expect(blockTypeOf(value)).toBeNull())
})

describe('what an object means to response', () => {
  const here = { endpoint: { guid: 'g', name: 'web-1' } }
  it('of a host is the host itself, wherever it stands', () => {
    expect(wishOf({ type: 'host', field: 'endpointHostName', value: 'PC-3' }, here)).toEqual({ objectType: 'host', hosts: [{ guid: undefined, name: 'PC-3' }], given: {} })
    expect(wishOf({ type: 'host', field: 'endpointGuid', value: 'abc' }, {})?.hosts).toEqual([{ guid: 'abc' }])
  })
  it('of a name that another host may have too is the one that is at hand', () => {
    const web = { type: 'host' as const, field: 'endpointHostName', value: 'web' }
    expect(wishOf(web, { hosts: [{ guid: 'a', name: 'web' }, { guid: 'b', name: 'db' }] })?.hosts).toEqual([{ guid: 'a', name: 'web' }])
    expect(wishOf(web, { hosts: [{ guid: 'a', name: 'web' }, { guid: 'b', name: 'web' }] })?.hosts).toEqual([{ guid: undefined, name: 'web' }])
    expect(wishOf({ type: 'file', field: '', value: '/tmp/x' }, { endpoint: { name: 'web' }, hosts: [{ guid: 'a', name: 'web' }] })?.hosts).toEqual([{ guid: 'a', name: 'web' }])
  })
  it('of a process is its identity, on the host it ran on', () => {
    const wish = wishOf({ type: 'process', field: '', value: '/usr/bin/nc', about: { guid: 'h', pid: 7, startedMs: 9, sha256: 'f' } }, here)
    expect(wish).toMatchObject({ objectType: 'process', hosts: [{ guid: 'h' }], given: { pid: 7, started_ms: 9, name: 'nc', sha256: 'f' } })
  })
  it('offers the hosts of the alert where the own one is not known', () => {
    const hosts = [{ name: 'a' }, { name: 'b' }]
    expect(wishOf({ type: 'file', field: '', value: '/tmp/x' }, { hosts })?.hosts).toEqual(hosts)
  })
  it('is nothing for what nothing can be done to', () => {
    expect(wishOf({ type: 'registry', field: '', value: 'hklm\\sam' }, here)).toBeNull()
    expect(wishOf({ type: 'file', field: '', value: 'name-only.exe' }, here)).toBeNull()
    expect(wishOf({ type: 'value', field: '', value: 'hello' }, here)).toBeNull()
  })
})

describe('the parameters an object answers', () => {
  it('are those the action asks for', () => {
    expect(answered(action('collect_file', 'path'), { path: '/tmp/x', name: 'x', pid: 7 })).toEqual({ path: '/tmp/x' })
  })
  it('say which process in one way only: by its identity, else by hash, else by path', () => {
    const kill = action('terminate_process', 'pid', 'started_ms', 'sha1', 'sha256', 'path')
    expect(answered(kill, { pid: 7, started_ms: 9, sha256: 'f', path: '/x' })).toEqual({ pid: 7, started_ms: 9 })
    expect(answered(kill, { pid: 7, sha256: 'f', path: '/x' })).toEqual({ sha256: 'f' })
    expect(answered(kill, { path: '/x' })).toEqual({ path: '/x' })
  })
})

it('contains before it looks, and takes back last', () => {
  const actions = ['recover', 'eradicate', 'investigate', 'contain'].map((phase) => ({ name: phase, phase }) as unknown as ResponseAction)
  expect(ordered(actions).map((one) => one.name)).toEqual(['contain', 'investigate', 'eradicate', 'recover'])
})

it('fills the places of a sentence, and leaves no brace', () => {
  expect(filled('{name} runs on {target}.', { target: 'web-1' }, '…')).toBe('… runs on web-1.')
  expect(headline('Isolate endpoint')).toBe('Isolate Endpoint')
})

describe('what a dialog asks for', () => {
  const scan = action('scan', 'kind', 'paths')
  it('asks for paths where paths are to be scanned, and nowhere else', () => {
    expect(asked(scan, { kind: 'full' }).map((one) => one.name)).toEqual(['kind'])
    expect(asked(scan, { kind: 'paths' })[1]).toMatchObject({ name: 'paths', required: true })
  })
  it('forgets what is not asked for any more', () => {
    expect(kept(asked(scan, { kind: 'full' }), { kind: 'full', paths: ['/tmp'] })).toEqual({ kind: 'full' })
  })
  it('asks once which account or message is meant, with the target', () => {
    const disable = { ...action('disable_account', 'user'), kind: 'account' as const }
    expect(asked(disable, {})).toEqual([])
    expect(named(disable, { user: bareUser('CORP\\sato') })).toEqual({ user: 'sato' })
    const remove = { ...action('delete_message', 'message_id', 'attachment_sha256', 'mailbox'), kind: 'message' as const }
    expect(asked(remove, {}).map((one) => one.name)).toEqual(['mailbox'])
    expect(named(remove, { message_id: '<a@b>', user: '' })).toEqual({ message_id: '<a@b>' })
  })
  it('needs the file of YARA rules that look into files', () => {
    const yara = action('run_yara', 'rules', 'target', 'path', 'name')
    expect(asked(yara, { target: 'file' }).map((one) => [one.name, one.required])).toEqual([['rules', false], ['target', false], ['path', true]])
    expect(asked(yara, { target: 'process' }).map((one) => one.name)).toEqual(['rules', 'target', 'path', 'name'])
  })
})

it('tells endpoints of one name apart by their addresses', () => {
  const row = (guid: string, name: string, ...ips: string[]) => ({ guid, name, ips })
  expect(endpointOptions([row('a', 'web', '192.0.2.1'), row('bbbbbbbbb', 'web'), row('c', 'db', '192.0.2.3')]).map((one) => one.label)).toEqual(['web (192.0.2.1)', 'web (bbbbbbbb)', 'db'])
})

describe('what was never run on a system', () => {
  const hosts = [{ name: 'win-1', untested: ['scan', 'isolate_endpoint'] }, { name: 'web-1', untested: [] }, { name: 'old-1' }]
  it('names the hosts it concerns, and nobody for what is tested', () => {
    expect(untestedOn(hosts, 'scan')).toEqual(['win-1'])
    expect(untestedOn(hosts, 'collect_evidence')).toEqual([])
  })
})
