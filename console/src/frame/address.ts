import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/** What the address bar says after the question mark: always texts, never JSON, so that people can read and mend it. */
export type Address = Record<string, string>

export function readAddress(text: string): Address {
  return Object.fromEntries(new URLSearchParams(text))
}

export function writeAddress(address: Record<string, unknown>): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(address)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(key, String(value))
  }
  const text = parameters.toString().replaceAll('+', '%20').replaceAll('%2C', ',')
  return text ? `?${text}` : ''
}

/** The address as values, and a way to change some of them; undefined removes one. */
export function useAddress(): [Address, (changes: Record<string, string | undefined>, push?: boolean) => void] {
  const address = useSearch({ strict: false }) as Address
  const navigate = useNavigate()
  const change = useCallback(
    (changes: Record<string, string | undefined>, push = false) =>
      void navigate({
        to: '.',
        search: (old: Record<string, unknown>) => withoutEmpty({ ...old, ...changes }),
        replace: !push,
        resetScroll: false,
      }),
    [navigate],
  )
  return [address, change]
}

function withoutEmpty(values: Record<string, unknown>): Address {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as Address
}
