import { Button, NumberInput, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session'
import { shellPolicyQuery, useShellPolicy, type ShellPolicy } from '../../api/shells'
import { useOutcome } from '../../components/outcome'
import { Failed, Loading } from '../../components/States'

/** How remote shells are: whom they run as, when they end by themselves, whether a second person has to look on. */
export function ShellPolicyPanel() {
  const { t } = useTranslation()
  const may = useMay('audit')
  const found = useQuery({ ...shellPolicyQuery, enabled: may })
  if (!may) return null
  return (
    <section className="panel" style={{ maxWidth: 820 }} aria-label={t('shellPolicy.title')}>
      <div className="panel-head"><h2>{t('shellPolicy.title')}</h2></div>
      {found.isPending && <Loading lines={3} />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Form key={JSON.stringify(found.data)} policy={found.data} />}
    </section>
  )
}

function Form({ policy }: { policy: ShellPolicy }) {
  const { t } = useTranslation()
  const may = useMay('administer')
  const outcome = useOutcome()
  const saving = useShellPolicy()
  const [draft, setDraft] = useState(policy)
  const change = (changes: Partial<ShellPolicy>) => setDraft({ ...draft, ...changes })
  const minutes = (name: 'idleS' | 'maxS') => ({ label: t(`shellPolicy.${name}`), value: draft[name] / 60, min: 1, readOnly: !may, hideControls: true, w: 230, onChange: (next: string | number) => typeof next === 'number' && change({ [name]: Math.round(next * 60) }) })
  return (
    <div className="panel-body col">
      <Switch label={t('shellPolicy.watch')} description={t('shellPolicy.watchHelp')} checked={draft.watch} disabled={!may} onChange={(event) => change({ watch: event.currentTarget.checked })} />
      <div className="row wrap" style={{ alignItems: 'flex-start' }}>
        <NumberInput size="xs" {...minutes('idleS')} />
        <NumberInput size="xs" {...minutes('maxS')} />
        <TextInput w={230} label={t('shellPolicy.user')} placeholder={t('shellPolicy.userHint')} readOnly={!may} value={draft.user} onChange={(event) => change({ user: event.currentTarget.value })} />
        <TextInput w={230} label={t('shellPolicy.shell')} placeholder={t('shellPolicy.shellHint')} readOnly={!may} value={draft.shell} onChange={(event) => change({ shell: event.currentTarget.value })} />
      </div>
      {may && <div className="row" style={{ justifyContent: 'flex-end' }}><Button disabled={JSON.stringify(draft) === JSON.stringify(policy)} loading={saving.isPending} onClick={() => saving.mutate(draft, outcome(t('shellPolicy.saved')))}>{t('shellPolicy.save')}</Button></div>}
    </div>
  )
}
