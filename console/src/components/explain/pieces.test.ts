import { describe, expect, it } from 'vitest'
import { piecesOf } from './pieces'

const told = (value: string, spans: [number, number][], most?: number) => piecesOf(value, spans, most).pieces.map((one) => (one.met ? `[${one.text}]` : one.text)).join('')

describe('piecesOf', () => {
  it('marks what was met', () => {
    expect(told('reg save hklm', [[4, 8]])).toBe('reg [save] hklm')
    expect(told('abc', [])).toBe('abc')
    expect(told('', [])).toBe('')
    expect(told('abcdef', [[3, 4], [0, 1]])).toBe('[a]bc[d]ef')
  })

  it('counts characters and not half ones', () => {
    expect(told('🔥🔥save', [[2, 6]])).toBe('🔥🔥[save]')
  })

  it('never tells a character twice', () => {
    expect(told('abcd', [[0, 3], [1, 4]])).toBe('[abc][d]')
  })

  it('shortens round what was met, and says where it cut', () => {
    const long = `${'a'.repeat(300)}needle${'b'.repeat(300)}`
    const cut = piecesOf(long, [[300, 306]], 100)
    expect(cut.before && cut.after).toBe(true)
    expect(cut.pieces.find((one) => one.met)?.text).toBe('needle')
    expect(cut.pieces.map((one) => one.text).join('').length).toBe(100)
    expect(piecesOf('short', [[0, 5]], 100)).toEqual({ pieces: [{ text: 'short', met: true }], before: false, after: false })
  })
})
