import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { changeLanguage, startLanguages } from '../../i18n'
import { WatchMark } from './WatchMark'

beforeAll(() => startLanguages('en'))
afterEach(cleanup)

const WATCH = { everyMinutes: 5, lookbackMinutes: 60, isActive: true, nextAt: null, lastAt: null }

it.each([['en', 'the search took too long'], ['ja', '検索に時間がかかりすぎました']] as const)('says why the last look failed, in %s', (language, words) => {
  changeLanguage(language)
  render(<WatchMark watch={{ ...WATCH, lastError: { en: 'the search took too long', ja: '検索に時間がかかりすぎました' } }} />)
  expect(screen.getByTitle(words).className).toContain('badge-bad')
  changeLanguage('en')
})

it('says nothing where all went well', () => {
  const { container } = render(<WatchMark watch={{ ...WATCH, lastError: null }} />)
  expect(container.querySelector('[title]')).toBeNull()
})
