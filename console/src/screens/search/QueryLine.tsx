import { Autocomplete, Button } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '../../api/search'
import { useKeys } from '../../frame/keys'

/** The query with field names offered while one types. */
export function QueryLine({ query, onRun }: { query: string; onRun: (query: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(query)
  const [typing, setTyping] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const fields = useQuery(fieldsQuery).data?.items
  useEffect(() => {
    setText(query)
    setTyping(false)
  }, [query])
  useKeys({ '/': () => input.current?.focus() })
  const names = useMemo(() => (fields ?? []).map((field) => field.name), [fields])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTyping(false)
    onRun(text.trim())
  }
  return (
    <form className="row grow" role="search" onSubmit={submit}>
      <Autocomplete
        ref={input}
        className="grow query-line"
        size="sm"
        data={typing ? completions(text, names) : []}
        filter={({ options }) => options}
        leftSection={<IconSearch size={15} />}
        placeholder={t('search.prompt')}
        aria-label={t('search.label')}
        value={text}
        onChange={(next) => {
          setText(next)
          setTyping(true)
        }}
        spellCheck={false}
        autoFocus
      />
      <Button type="submit" size="sm">{t('search.run')}</Button>
    </form>
  )
}

/** The query with its last word completed to a field name; nothing inside quotation marks, or where a value is due. */
export function completions(text: string, names: string[]): string[] {
  const word = /(?:^|[\s(])(\w{2,})$/.exec(text)?.[1]
  if (!word || /[:<>=]\s*\w+$/.test(text) || (text.match(/"/g)?.length ?? 0) % 2 === 1) return []
  const start = text.slice(0, text.length - word.length)
  const wanted = word.toLowerCase()
  const fits = names.filter((name) => name.toLowerCase().includes(wanted) && name !== word)
  const ordered = fits.sort((a, b) => Number(b.toLowerCase().startsWith(wanted)) - Number(a.toLowerCase().startsWith(wanted)) || a.length - b.length)
  return ordered.slice(0, 8).map((name) => `${start}${name}: `)
}
