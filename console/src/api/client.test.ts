import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, downloadAddress, get, patch, post, postFile, put, queryText, remove, setCsrf, whenSessionEnds } from './client'

type Asked = { address: string; method: string; headers: Record<string, string>; body: unknown }
let asked: Asked[] = []

/** A server that gives one answer and writes down what it was asked. */
function serverThatSays(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push({ address, method: init.method ?? '', headers: init.headers as Record<string, string>, body: init.body })
    return answer()
  })
}
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const refusal = async (promise: Promise<unknown>) => promise.then(() => Promise.reject(new Error('was not refused')), (error: ApiError) => error)

beforeEach(() => {
  asked = []
  setCsrf('token-1')
  whenSessionEnds(() => undefined)
})
afterEach(() => vi.unstubAllGlobals())

describe('requests', () => {
  it('carry the CSRF token when they change something, and only then', async () => {
    serverThatSays(() => json(200, {}))
    await get('/status')
    await post('/x', { a: 1 })
    expect(asked[0]?.headers['X-CSRF-Token']).toBeUndefined()
    expect(asked[1]?.headers['X-CSRF-Token']).toBe('token-1')
    expect(asked[1]?.body).toBe('{"a":1}')
  })

  it('send the etag of what they change', async () => {
    serverThatSays(() => json(200, {}))
    await patch('/workbench/alerts/WB-1', { status: 'Closed' }, '"e1"')
    expect(asked[0]).toMatchObject({ method: 'PATCH', headers: { 'If-Match': '"e1"' } })
  })

  it('send a text with the version it was made from, and a file as it is', async () => {
    serverThatSays(() => json(200, {}))
    await put('/content/filters/a', { text: 'x' }, '3')
    const file = new Blob(['PK'])
    await postFile('/content/import', { dryRun: true }, file)
    expect(asked[0]).toMatchObject({ method: 'PUT', headers: { 'If-Match': '3', 'X-CSRF-Token': 'token-1' } })
    expect(asked[1]).toMatchObject({ address: '/console/api/content/import?dryRun=true', headers: { 'Content-Type': 'application/zip', 'X-CSRF-Token': 'token-1' } })
    expect(asked[1]?.body).toBe(file)
    expect(downloadAddress('/content/export', { ids: 'a,b' })).toBe('/console/api/content/export?ids=a%2Cb')
  })

  it('give nothing for an empty answer', async () => {
    serverThatSays(() => new Response(null, { status: 204 }))
    expect(await remove('/tokens/1')).toBeUndefined()
  })

  it('leave out what is not asked for, and escape the rest', () => {
    expect(queryText({ status: 'Open,In Progress', model: '', search: undefined, top: 0 })).toBe('?status=Open%2CIn%20Progress&top=0')
    expect(queryText({ search: null })).toBe('')
  })
})

describe('refusals', () => {
  it('bring the code and words of the envelope', async () => {
    serverThatSays(() => json(409, { error: { code: 'Conflict', message: 'it changed' } }))
    expect(await refusal(get('/x'))).toMatchObject({ status: 409, code: 'Conflict', message: 'it changed' })
  })

  it('keep what the envelope adds', async () => {
    serverThatSays(() => json(409, { error: { code: 'BlindsProofs', message: 'no', blindedProofs: [{ id: 'a' }] } }))
    expect((await refusal(post('/exceptions', {}))).details).toEqual({ blindedProofs: [{ id: 'a' }] })
  })

  it('are understood without an envelope', async () => {
    serverThatSays(() => new Response('<html>bad gateway</html>', { status: 502, statusText: 'Bad Gateway' }))
    expect(await refusal(get('/x'))).toMatchObject({ status: 502, code: 'Http502', message: 'Bad Gateway' })
  })

  it('are understood when the envelope holds something else', async () => {
    serverThatSays(() => json(500, { error: { code: 7 } }))
    expect(await refusal(get('/x'))).toMatchObject({ status: 500, code: 'Http500' })
  })

  it('say when the server cannot be reached', async () => {
    serverThatSays(() => Promise.reject(new TypeError('failed to fetch')))
    expect(await refusal(get('/x'))).toMatchObject({ status: 0, code: 'Unreachable' })
  })

  it('let an abandoned request stay abandoned', async () => {
    serverThatSays(() => Promise.reject(new DOMException('gone', 'AbortError')))
    expect(await refusal(get('/x'))).toBeInstanceOf(DOMException)
  })

  it('end the session on 401, except where nobody need be logged in', async () => {
    const ended = vi.fn()
    whenSessionEnds(ended)
    serverThatSays(() => json(401, { error: { code: 'Unauthorized', message: 'log in' } }))
    await refusal(post('/login', {}))
    await refusal(get('/session'))
    expect(ended).not.toHaveBeenCalled()
    await refusal(get('/workbench/alerts'))
    expect(ended).toHaveBeenCalledTimes(1)
  })
})
