import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/client'
import { useLogIn } from '../../api/session'
import type { Language } from '../../api/shapes'
import { useErrorText } from '../../components/States'
import { Password } from '../../components/Password'
import { usePageTitle } from '../../frame/Frame'
import { Mark } from '../../frame/Mark'
import { changeLanguage, useLanguage } from '../../i18n'
import './login.css'

/** Only a path of our own is followed after the log-in, never another site's address. */
export function safeReturn(path: string | undefined): string {
  return path && path.startsWith('/') && !path.startsWith('//') && !path.startsWith('/\\') && !path.startsWith('/login') ? path : '/workbench'
}

export function Login() {
  const { t } = useTranslation()
  const language = useLanguage()
  const navigate = useNavigate()
  const logIn = useLogIn()
  const errorText = useErrorText()
  const { next } = useSearch({ strict: false }) as { next?: string }
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  usePageTitle(t('login.title'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    logIn.mutate({ user, password }, { onSuccess: () => void navigate({ href: safeReturn(next), replace: true }) })
  }
  const wrong = logIn.error instanceof ApiError && (logIn.error.status === 401 || logIn.error.status === 403)
  return (
    <main className="login">
      <form className="login-card panel" onSubmit={submit}>
        <div className="login-brand">
          <Mark size={40} />
          <div>
            <h1>Hinomi</h1>
            <span className="dim">火の見 · {t('login.motto')}</span>
          </div>
        </div>
        <TextInput size="sm" label={t('login.user')} value={user} onChange={(event) => setUser(event.currentTarget.value)} autoComplete="username" autoFocus required name="user" />
        <Password size="sm" label={t('login.password')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required name="password" />
        {logIn.isError && (
          <p className="login-error" role="alert">
            {wrong ? t('login.wrong') : errorText(logIn.error)}
          </p>
        )}
        <Button type="submit" size="sm" fullWidth loading={logIn.isPending}>
          {t('login.submit')}
        </Button>
        <SegmentedControl
          size="xs"
          value={language}
          aria-label={t('frame.language')}
          data={[{ value: 'en', label: 'English' }, { value: 'ja', label: '日本語' }]}
          onChange={(value) => changeLanguage(value as Language)}
        />
      </form>
    </main>
  )
}
