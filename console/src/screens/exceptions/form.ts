/** What an exception's form says, from the address bar to the server. Thinking only. */
import { OPERATORS, type Exempted, type NewException, type Operator } from '../../api/exceptionShapes'
import type { Address } from '../../frame/address'

export const EXPIRIES = ['7', '30', '90', 'never', 'date'] as const
export type Expiry = (typeof EXPIRIES)[number]

export type Form = {
  field: string
  operator: Operator
  value: string
  /** '' = every filter. */
  filterId: string
  /** Names, patterns of names, or ids; none = every endpoint. */
  endpoints: string[]
  expiry: Expiry
  /** With expiry "date": the local day, YYYY-MM-DD. */
  day: string
  reason: string
}

export function readForm(address: Address): Form {
  return {
    field: address.field ?? '',
    operator: OPERATORS.find((one) => one === address.operator) ?? 'equals',
    value: address.value ?? '',
    filterId: address.filter ?? '',
    endpoints: (address.endpoints ?? '').split(',').filter(Boolean),
    expiry: '90',
    day: '',
    reason: '',
  }
}

/** What is passed over: the part of the form that the bill depends on. */
export function exemptedOf(form: Form): Exempted {
  return {
    field: form.field.trim(),
    operator: form.operator,
    value: form.value,
    filterId: form.filterId || null,
    scope: form.endpoints.length > 0 ? { endpoints: form.endpoints } : null,
  }
}

export function exceptionOf(form: Form, nowMs: number, override: boolean): NewException {
  return { ...exemptedOf(form), expiresDateTime: expiryOf(form, nowMs), reason: form.reason.trim(), ...(override ? { override } : {}) }
}

const DAY_MS = 86_400_000

/** When it ends: null = never. A chosen day counts whole. */
export function expiryOf(form: Pick<Form, 'expiry' | 'day'>, nowMs: number): string | null {
  if (form.expiry === 'never') return null
  if (form.expiry !== 'date') return new Date(nowMs + Number(form.expiry) * DAY_MS).toISOString()
  const end = Date.parse(`${form.day}T23:59:59.999`)
  return Number.isNaN(end) ? null : new Date(end).toISOString()
}

export type Lack = 'field' | 'value' | 'reason' | 'day'

/** What is missing before it can be saved. */
export function lacks(form: Form, nowMs: number): Lack[] {
  const found: Lack[] = []
  if (form.field.trim() === '') found.push('field')
  if (form.value === '') found.push('value')
  if (form.reason.trim() === '') found.push('reason')
  const end = expiryOf(form, nowMs)
  if (form.expiry === 'date' && (end === null || Date.parse(end) <= nowMs)) found.push('day')
  return found
}

/** So wide that it most likely hides what should be seen: a value of one letter, or text that stands in nearly everything. */
export function isWide(form: Form): boolean {
  return form.filterId === '' && ((form.operator !== 'equals' && form.operator !== 'cidr' && form.value.trim().length < 4) || (form.operator === 'cidr' && /\/[0-7]$/.test(form.value)))
}
