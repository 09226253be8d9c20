import { describe, expect, it } from 'vitest'
import { compared, conflictLines, folded, numbered, paired } from './lineDifference'

/** Both texts, put together again from the difference. */
const sides = (from: string, to: string) => {
  const lines = compared(from, to)
  const side = (leave: string) => lines.filter((line) => line.op !== leave).map((line) => line.text).join('\n')
  return [side('+'), side('-')]
}
const words = (lines: { op: string; text: string }[]) => lines.map((line) => line.op + line.text)

describe('a difference', () => {
  it('keeps what is common and names what goes and comes', () => {
    expect(words(compared('a\nb\nc', 'a\nx\nc\nd'))).toEqual([' a', '-b', '+x', ' c', '+d'])
    expect(words(compared('a', 'a'))).toEqual([' a'])
  })

  it('always holds both texts whole', () => {
    // A small generator of our own: the same texts at every run.
    let seed = 7
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below
    for (let round = 0; round < 200; round += 1) {
      const text = () => Array.from({ length: next(9) }, () => 'abc'[next(3)]).join('\n')
      const [from, to] = [text(), text()]
      expect(sides(from, to)).toEqual([from, to])
    }
  })

  it('compares very long texts without a table of their square', () => {
    const long = (mark: string) => Array.from({ length: 4_000 }, (_, index) => `${mark}${index}`).join('\n')
    expect(sides(long('a'), long('b'))).toEqual([long('a'), long('b')])
  })
})

describe('the layout', () => {
  const rows = numbered(compared('a\nb\nc', 'a\nx\ny\nc'))

  it('numbers each side', () => {
    expect(rows.map((row) => [row.left, row.right])).toEqual([[1, 1], [2, null], [null, 2], [null, 3], [3, 4]])
  })

  it('puts what came beside what went', () => {
    expect(paired(rows).map(({ left, right }) => [left?.text ?? '', right?.text ?? ''])).toEqual([['a', 'a'], ['b', 'x'], ['', 'y'], ['c', 'c']])
  })

  it('folds long runs of equal lines and loses none', () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`)
    const changed = [...text.slice(0, 15), 'new', ...text.slice(15)]
    const blocks = folded(numbered(compared(text.join('\n'), changed.join('\n'))), (row) => row.op === ' ')
    expect(blocks.map((block) => [block.folded, block.rows.length])).toEqual([[true, 12], [false, 7], [true, 12]])
  })
})

describe('a merged text', () => {
  it('tells where it still holds marks of conflict', () => {
    expect(conflictLines('a\n<<<<<<< mine\nb\n=======\nc\n>>>>>>> shipped\nd')).toEqual([2, 4, 6])
    expect(conflictLines('a: "======="\n# ==== b')).toEqual([])
  })
})
