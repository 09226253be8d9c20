/**
 * One door to the server: adds the CSRF token, reads the error envelope, and says when the session has ended.
 * It holds no data; what is fetched lives in the query cache.
 */

const BASE = '/console/api'

/** The server refused, or could not be reached (`status` 0). `code` is stable; `message` is for people; `details` is what the refusal adds. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>
  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.details = details
  }
}

type Listener = () => void
let csrf = ''
let onSessionEnd: Listener = () => undefined

export function setCsrf(token: string): void {
  csrf = token
}

/** `listener` runs whenever a request other than the log-in itself is answered 401. */
export function whenSessionEnds(listener: Listener): void {
  onSessionEnd = listener
}

type Value = string | number | boolean | null | undefined
/** A list stands as often as it has values. */
export type Query = Record<string, Value | string[]>

/** Query text without empty values, in a fixed order, so that equal questions have equal addresses. */
export function queryText(query: Query): string {
  const all = Object.entries(query).flatMap(([key, value]) => (Array.isArray(value) ? value.map((one): [string, Value] => [key, one]) : [[key, value] satisfies [string, Value]]))
  const pairs = all.filter(([, value]) => value !== undefined && value !== null && value !== '')
  if (pairs.length === 0) return ''
  return '?' + pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`).join('&')
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>('GET', path + queryText(query), undefined, {}, signal)
}

export async function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  return send<T>('POST', path, body, {}, signal)
}

/** Sends a file as it is. */
export async function postFile<T>(path: string, query: Query, file: Blob): Promise<T> {
  return send<T>('POST', path + queryText(query), file)
}

export async function put<T>(path: string, body: unknown, etag?: string): Promise<T> {
  return send<T>('PUT', path, body, etag ? { 'If-Match': etag } : {})
}

/** Where the browser fetches a file by itself. */
export function downloadAddress(path: string, query: Query = {}): string {
  return BASE + path + queryText(query)
}

export async function patch<T>(path: string, body: unknown, etag?: string): Promise<T> {
  return send<T>('PATCH', path, body, etag ? { 'If-Match': etag } : {})
}

export async function remove<T>(path: string): Promise<T> {
  return send<T>('DELETE', path)
}

/** Removes what the body names. */
export async function removeWith<T>(path: string, body: unknown): Promise<T> {
  return send<T>('DELETE', path, body)
}

/** Fields and files together; the browser writes the boundary. */
export async function sendForm<T>(method: 'POST' | 'PUT', path: string, form: FormData): Promise<T> {
  return send<T>(method, path, form)
}

export type FileWatch = { signal: AbortSignal; onStart: (headers: Headers) => void; onPart: (bytes: Uint8Array) => void }

/** A file that comes in parts, so that a person sees it come and may stop it. */
export async function getFile(path: string, query: Query, { signal, onStart, onPart }: FileWatch): Promise<Blob> {
  const response = await reach(BASE + path + queryText(query), { headers: languageHeader(), credentials: 'same-origin', signal })
  if (!response.ok) throw await refusal(response, path)
  onStart(response.headers)
  const parts: BlobPart[] = []
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value)
    onPart(part.value)
  }
  return new Blob(parts, { type: response.headers.get('Content-Type') ?? '' })
}

/** Where a file lies, for a link: the browser then writes it to disk itself, as it comes. */
export const fileAddress = (path: string, query: Query) => BASE + path + queryText(query)

/** The server words its refusals in the language of the page, which need not be the browser's. */
const languageHeader = () => ({ 'Accept-Language': document.documentElement.lang || 'en' })

async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  extra: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...languageHeader(), ...extra }
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf
  const isRaw = body instanceof Blob || body instanceof FormData
  if (body instanceof Blob) headers['Content-Type'] = 'application/zip'
  else if (body !== undefined && !isRaw) headers['Content-Type'] = 'application/json'
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: signal ?? null }
  if (body !== undefined) init.body = isRaw ? body : JSON.stringify(body)
  const response = await reach(BASE + path, init)
  if (!response.ok) throw await refusal(response, path)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'Unreachable', 'The server cannot be reached.')
  }
}

async function refusal(response: Response, path: string): Promise<ApiError> {
  if (response.status === 401 && path !== '/login' && path !== '/session') onSessionEnd()
  const envelope = await envelopeOf(response)
  return new ApiError(response.status, envelope.code, envelope.message, envelope.details)
}

type Envelope = { code: string; message: string; details: Record<string, unknown> }

async function envelopeOf(response: Response): Promise<Envelope> {
  const fallback = { code: `Http${response.status}`, message: response.statusText || `HTTP ${response.status}`, details: {} }
  try {
    const body = (await response.json()) as { error?: Record<string, unknown> }
    const { code, message, ...details } = body.error ?? {}
    return {
      code: typeof code === 'string' ? code : fallback.code,
      message: typeof message === 'string' ? message : fallback.message,
      details,
    }
  } catch {
    return fallback
  }
}
