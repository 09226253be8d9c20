/** Whether an address belongs to private, loopback or link-local space (RFC 1918, 4193, 6598, 3927, 4291). */
export function isInternal(address: string): boolean {
  const plain = address.trim().toLowerCase().replace(/^::ffff:/, '')
  if (plain.includes(':')) return plain === '::1' || plain === '::' || /^f[cd]/.test(plain) || /^fe[89ab]/.test(plain)
  const parts = plain.split('.').map(Number)
  const [a = -1, b = -1] = parts
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return false
  if (a === 10 || a === 127 || a === 0) return true
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168
  if (a === 169) return b === 254
  return a === 100 && b >= 64 && b <= 127
}
