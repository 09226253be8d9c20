import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from './en.json'
import ja from './ja.json'

type Tree = { [key: string]: string | Tree }

function keysOf(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`)))
}

function textOf(tree: Tree, key: string): string {
  return key.split('.').reduce<string | Tree>((at, part) => (at as Tree)[part] ?? '', tree) as string
}

const plain = (key: string) => key.replace(/_(one|other)$/, '')
const english = keysOf(en)
const japanese = keysOf(ja)
const known = new Set(english.map(plain))

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [readFileSync(path, 'utf8')] : []
  })
}
const code = sources('src')
const either = code.flatMap((text) => [...text.matchAll(/\bt\(\s*[\w.]+ \? '([^']+)' : '([^']+)'/g)].flatMap((found) => [found[1], found[2]] as string[]))
const called = code.flatMap((text) => [...text.matchAll(/\bt\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map((found) => ({ quote: found[1], key: found[2] as string })))

describe('locales', () => {
  it('have the same keys in both languages', () => {
    expect([...new Set(japanese.map(plain))].sort()).toEqual([...known].sort())
  })

  it('use the same places to fill in both languages', () => {
    const holes = (text: string) => [...new Set([...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1]))].sort()
    for (const key of japanese) {
      const partner = english.find((one) => one === key) ?? english.find((one) => plain(one) === plain(key))
      expect(holes(textOf(ja, key)), key).toEqual(holes(textOf(en, partner as string)))
    }
  })

  it('leave no text empty', () => {
    for (const key of english) expect(textOf(en, key).trim(), key).not.toBe('')
    for (const key of japanese) expect(textOf(ja, key).trim(), key).not.toBe('')
  })

  it('hold every key that the code names', () => {
    expect(called.length).toBeGreaterThan(200)
    const missing = called.filter(({ quote, key }) => quote !== '`' && !known.has(key)).map(({ key }) => key)
    missing.push(...either.filter((key) => !known.has(key)))
    expect([...new Set(missing)]).toEqual([])
  })

  it('hold at least one key for every key that the code builds', () => {
    const prefixes = called.filter(({ quote }) => quote === '`').map(({ key }) => key.split('${')[0] as string)
    const missing = prefixes.filter((prefix) => ![...known].some((key) => key.startsWith(prefix)))
    expect([...new Set(missing)]).toEqual([])
  })

  it('hold every key that stands in a table or a constant', () => {
    const named = code.flatMap((text) => [...text.matchAll(/(?:text|key): '((?:keys|menu|span)\.\w+)'/g)].map((found) => found[1] as string))
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((key) => !known.has(key))).toEqual([])
  })
})
