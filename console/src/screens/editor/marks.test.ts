import { describe, expect, it } from 'vitest'
import { marksOf } from './marks'

const TEXT = 'title: a\ndetection:\n  one:\n    Imgae|contains: x\n'
const marked = (line: number | null, column: number | null) => {
  const [mark] = marksOf(TEXT, [{ line, column, message: 'm' }], 'error')
  return TEXT.slice(mark?.from, mark?.to)
}

describe('marks', () => {
  it('cover the word at line and column', () => {
    expect(marked(4, 5)).toBe('Imgae|contains')
    expect(marked(1, 8)).toBe('a')
  })

  it('cover the line without its indentation when there is no column', () => {
    expect(marked(4, null)).toBe('Imgae|contains: x')
    expect(marked(null, null)).toBe('title: a')
  })

  it('stay inside the text whatever the place', () => {
    for (const [line, column] of [[99, 99], [0, 0], [-5, 1], [2, 400], [5, 1]] as const) {
      const [mark] = marksOf(TEXT, [{ line, column, message: 'm' }], 'error')
      expect(mark?.from).toBeGreaterThanOrEqual(0)
      expect(mark?.to).toBeLessThanOrEqual(TEXT.length)
      expect(mark?.from).toBeLessThanOrEqual(mark?.to as number)
    }
    expect(marksOf('', [{ line: 1, column: 1, message: 'm' }], 'warning')).toMatchObject([{ from: 0, to: 0 }])
  })
})
