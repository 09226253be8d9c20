import i18next from 'i18next'
import { useCallback } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Language, Text } from './api/shapes'
import en from './locales/en.json'
import ja from './locales/ja.json'

const STORED = 'hinomi.language'

/** The language stored in this browser, else the browser's own, else English. */
export function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored === 'en' || stored === 'ja') return stored
  return navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en'
}

export function startLanguages(language: Language = firstLanguage()): void {
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, ja: { translation: ja } },
    lng: language,
    fallbackLng: 'en',
    interpolation: { escapeValue: false }, // React escapes
    initAsync: false,
  })
  document.documentElement.lang = language
}

export function changeLanguage(language: Language): void {
  localStorage.setItem(STORED, language)
  document.documentElement.lang = language
  void i18next.changeLanguage(language)
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'ja' ? 'ja' : 'en'
}

/** Picks the reader's half of a text pair; a plain text passes through, so that names and labels need no special case. */
export function pickText(text: Text | string | null | undefined, language: Language): string {
  if (text === null || text === undefined) return ''
  if (typeof text === 'string') return text
  return text[language] || text.en
}

export function useText(): (text: Text | string | null | undefined) => string {
  const language = useLanguage()
  return useCallback((text) => pickText(text, language), [language])
}
