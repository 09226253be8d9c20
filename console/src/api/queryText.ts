/** Values as terms of the Search language. */

/** A value in quotation marks; the mark itself and the backslash are escaped. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Where activities name a person; the domain stands in a field of its own. */
const ACCOUNT_FIELDS = [['processUser', 'processUserDomain'], ['objectUser', 'objectUserDomain'], ['eventDataTargetUserName', 'eventDataTargetDomainName']] as const

/** The query that finds what an account (`domain\user`, or the user alone) did and suffered, whatever its domain is called there. */
export function accountQuery(account: string): string {
  const user = quoted(account.split('\\').at(-1) ?? account)
  return ['logonUser', ...ACCOUNT_FIELDS.map(([name]) => name)].map((field) => `${field}: ${user}`).join(' OR ')
}

/** The same for one account alone (`domain\user`, `user@domain`): somebody of that name in another domain is somebody else. */
export function oneAccountQuery(account: string): string {
  const [domain, user] = accountParts(account)
  if (!domain) return accountQuery(user)
  return ACCOUNT_FIELDS.map(([name, of]) => `(${name}: ${quoted(user)} AND ${of}: ${quoted(domain)})`).join(' OR ')
}

function accountParts(account: string): [string, string] {
  const slash = account.lastIndexOf('\\')
  if (slash >= 0) return [account.slice(0, slash), account.slice(slash + 1)]
  const at = account.indexOf('@')
  return at > 0 ? [account.slice(at + 1), account.slice(0, at)] : ['', account]
}

/** The query that finds one value: in its field when the field is known, else anywhere. */
export function queryFor(field: string, value: unknown): string {
  const text = quoted(String(Array.isArray(value) ? (value[0] ?? '') : value))
  return field ? `${field}: ${text}` : text
}
