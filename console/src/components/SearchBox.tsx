import { Button, CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../frame/keys'

/** A search line that is applied, not followed letter by letter; "/" goes to it. */
export function SearchBox({ value, placeholder, onApply, width = 290 }: { value: string; placeholder: string; onApply: (text: string) => void; width?: number }) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setText(value), [value])
  useKeys({ '/': () => input.current?.focus() })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onApply(text.trim())
  }
  const clear = () => {
    setText('')
    onApply('')
  }
  return (
    <form className="row tight" role="search" onSubmit={submit}>
      <TextInput
        ref={input}
        w={width}
        leftSection={<IconSearch size={14} />}
        rightSection={text ? <CloseButton size="xs" aria-label={t('action.clear')} onClick={clear} /> : null}
        placeholder={placeholder}
        aria-label={placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">{t('action.apply')}</Button>
    </form>
  )
}
