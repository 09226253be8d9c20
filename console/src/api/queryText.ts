/** Values as terms of the Search language. */

/** A value in quotation marks; the mark itself and the backslash are escaped. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The query that finds one value: in its field when the field is known, else anywhere. */
export function queryFor(field: string, value: unknown): string {
  const text = quoted(String(Array.isArray(value) ? (value[0] ?? '') : value))
  return field ? `${field}: ${text}` : text
}
