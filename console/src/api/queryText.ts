/** Values as terms of the Search language. */

/** A value in quotation marks; the mark itself and the backslash are escaped. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Where activities name a person; the domain stands in fields of its own. */
const ACCOUNT_FIELDS = ['logonUser', 'processUser', 'objectUser', 'eventDataTargetUserName']

/** The query that finds what an account (`domain\user`, or the user alone) did and suffered. */
export function accountQuery(account: string): string {
  const user = quoted(account.split('\\').at(-1) ?? account)
  return ACCOUNT_FIELDS.map((field) => `${field}: ${user}`).join(' OR ')
}

/** The query that finds one value: in its field when the field is known, else anywhere. */
export function queryFor(field: string, value: unknown): string {
  const text = quoted(String(Array.isArray(value) ? (value[0] ?? '') : value))
  return field ? `${field}: ${text}` : text
}
