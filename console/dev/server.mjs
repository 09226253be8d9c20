// Development only: the console's API over made-up data, and the built console beside it. Nothing here is shipped.
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeHouse } from './house.mjs'

const port = Number(process.env.PORT ?? 8099)
const dist = process.env.DIST ?? fileURLToPath(new URL('../../hinomi/console_dist', import.meta.url))
const house = makeHouse()
const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
// The policy the real server sends; the console must live with it.
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

createServer(async (request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`)
  if (!url.pathname.startsWith('/console/api')) return file(url.pathname, response)
  let text = ''
  for await (const chunk of request) text += chunk
  const loggedIn = /hinomi_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
  const answer = house.answer(request.method, url.pathname.slice('/console/api'.length), Object.fromEntries(url.searchParams), text ? JSON.parse(text) : {}, loggedIn)
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...(answer.headers ?? {}) }
  setTimeout(() => {
    response.writeHead(answer.status ?? 200, headers)
    response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body ?? {}))
  }, Number(process.env.DELAY_MS ?? 30))
}).listen(port, '127.0.0.1', () => console.log(`fixture server: http://127.0.0.1:${port}`))

function file(path, response) {
  const wanted = join(dist, normalize(path))
  const found = path !== '/' && wanted.startsWith(dist) && existsSync(wanted) ? wanted : join(dist, 'index.html')
  if (!existsSync(found)) return response.writeHead(404).end('build the console first')
  response.writeHead(200, { 'Content-Type': KINDS[extname(found)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP })
  response.end(readFileSync(found))
}
