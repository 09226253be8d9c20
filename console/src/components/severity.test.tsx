import { cleanup, render, screen } from '@testing-library/react'
import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { changeLanguage, startLanguages } from '../i18n'
import { levelOfScore, ScoreRing } from './ScoreRing'
import { LEVELS, Severity } from './Severity'

beforeAll(() => startLanguages('en'))
afterEach(cleanup)

describe('severity', () => {
  it.each([['en', ['Critical', 'High', 'Medium', 'Low', 'Info']], ['ja', ['重大', '高', '中', '低', '情報']]] as const)('is a word in %s', (language, words) => {
    changeLanguage(language)
    render(<>{LEVELS.map((level) => <Severity key={level} level={level} />)}</>)
    for (const word of words) expect(screen.getByText(word)).toBeTruthy()
    changeLanguage('en')
  })

  it('has a shape of its own for every level, so that it is read without colour', () => {
    const { container } = render(<>{LEVELS.map((level) => <Severity key={level} level={level} />)}</>)
    const shapes = [...container.querySelectorAll('path')].map((path) => path.getAttribute('d'))
    expect(new Set(shapes).size).toBe(LEVELS.length)
  })
})

describe('score ring', () => {
  it('shows the number and fills by its part of 99', () => {
    const { container } = render(<ScoreRing score={66} level="high" size={30} />)
    expect(screen.getByRole('img', { name: 'Score 66' }).textContent).toBe('66')
    const [filled, whole] = (container.querySelectorAll('circle')[1]?.getAttribute('stroke-dasharray') ?? '').split(' ').map(Number) as [number, number]
    expect(filled / whole).toBeCloseTo(66 / 99)
  })

  it('takes its level from the bases of the formula when none is given', () => {
    expect([98, 80, 66, 46, 23, 5].map(levelOfScore)).toEqual(['critical', 'critical', 'high', 'medium', 'low', 'info'])
  })
})

describe('colours', () => {
  const css = readFileSync('src/styles/tokens.css', 'utf8')
  const themes = { light: tokens(css.split("[data-mantine-color-scheme='light'] {")[1]), dark: tokens(css.split("[data-mantine-color-scheme='dark'] {")[1]) }

  it.each(['light', 'dark'] as const)('meet AA in the %s theme', (name) => {
    const theme = themes[name]
    const grounds = ['panel', 'panel-2', 'ground', 'hover', 'chosen']
    const pairs = [...LEVELS.flatMap((level) => [[level, `${level}-ground`], ...grounds.map((ground) => [level, ground])]), ...['text', 'dim', 'link'].flatMap((text) => grounds.map((ground) => [text, ground])), ['ember-text', 'ember-ground'], ['ok', 'panel']]
    for (const [text, ground] of pairs as [string, string][]) {
      expect(contrast(theme[text] as string, theme[ground] as string), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
  })
})

function tokens(block: string | undefined): Record<string, string> {
  const body = (block ?? '').split('}')[0] ?? ''
  return Object.fromEntries([...body.matchAll(/--h-([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]))
}

/** WCAG 2.2, contrast ratio of two colours. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  const [r, g, b] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
