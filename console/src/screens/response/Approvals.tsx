import { Button, Select, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listTasks, policyQuery, useTaskChanges } from '../../api/response'
import type { ApprovalPolicy as Policy, Task } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { DataTable, type Column } from '../../components/DataTable'
import { useOutcome } from '../../components/outcome'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { stepKey, useKeys } from '../../frame/keys'
import { ACTION_NAMES, useActionName } from './actionNames'
import { useTaskColumns } from './columns'
import { ResponseTabs } from './ResponseTabs'
import { ShellPolicyPanel } from './ShellPolicyForm'
import { TaskControls } from './TaskControls'
import { TaskFlyout } from './TaskFlyout'

/** What waits for somebody's agreement. Nobody agrees to what he asked for himself. */
export function Approvals() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const list = useQuery({ queryKey: ['response', 'approvals'], queryFn: ({ signal }) => listTasks({ state: 'pending_approval', top: 200 }, signal), refetchInterval: 5_000 })
  const rows = list.data?.items ?? []
  const columns = useTaskColumns(true).filter((column) => column.key !== 'elapsed')
  const all: Column<Task>[] = [...columns, { key: 'by', header: t('response.by'), width: '110px', cell: (row) => row.createdBy }, { key: 'tools', header: '', width: '210px', cell: (row) => (row.canApprove ? <TaskControls task={row} compact /> : <span className="dim">{t('response.notYours')}</span>) }]
  const step = (by: 1 | -1) => setAddress({ cursor: stepKey(rows.map((row) => row.id), address.cursor, by) })
  useKeys({ j: () => step(1), k: () => step(-1), Escape: () => setAddress({ cursor: undefined }) })
  usePageTitle(t('response.tab.approvals'))
  return (
    <div className="page fixed">
      <div className="page-head"><h1>{t('nav.response')}</h1></div>
      <ResponseTabs />
      <div className="split">
        <section className="panel">
          {list.isPending && <Loading lines={8} />}
          {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && rows.length === 0 && <Empty title={t('response.noneWaiting')}><p>{t('response.noneWaitingHelp')}</p></Empty>}
          {rows.length > 0 && <DataTable label={t('response.tab.approvals')} rows={rows} columns={all} rowKey={(row) => row.id} rowHeight={48} cursor={address.cursor} onChoose={(row) => setAddress({ cursor: row.id })} />}
        </section>
        {address.cursor && <TaskFlyout key={address.cursor} id={address.cursor} onClose={() => setAddress({ cursor: undefined })} />}
      </div>
    </div>
  )
}

/** Which actions want a second person, for all endpoints or for those of a group. */
export function ApprovalPolicy() {
  const { t } = useTranslation()
  const found = useQuery(policyQuery)
  usePageTitle(t('response.tab.policy'))
  return (
    <div className="page">
      <div className="page-head"><h1>{t('nav.response')}</h1></div>
      <ResponseTabs />
      {found.isPending && <Loading />}
      {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <PolicyForm key={JSON.stringify(found.data)} policy={found.data} />}
      <ShellPolicyPanel />
    </div>
  )
}

function PolicyForm({ policy }: { policy: Policy }) {
  const { t } = useTranslation()
  const may = useMay('administer')
  const outcome = useOutcome()
  const { policy: saving } = useTaskChanges()
  const [draft, setDraft] = useState(policy)
  useEffect(() => setDraft(policy), [policy])
  const save = () => saving.mutate(draft, outcome(t('policy.saved')))
  const rules = draft.rules
  const change = (index: number, changes: Partial<Policy['rules'][number]>) => setDraft({ ...draft, rules: rules.map((rule, at) => (at === index ? { ...rule, ...changes } : rule)) })
  return (
    <section className="panel panel-body col" style={{ maxWidth: 820 }}>
      <p style={{ margin: 0 }}>{t('policy.help')}</p>
      {rules.length === 0 && <p className="dim" style={{ margin: 0 }}>{t('policy.none')}</p>}
      {rules.map((rule, index) => <RuleLine key={index} rule={rule} may={may} onChange={(changes) => change(index, changes)} onRemove={() => setDraft({ ...draft, rules: rules.filter((_, at) => at !== index) })} />)}
      {may && <div><Button variant="default" onClick={() => setDraft({ ...draft, rules: [...rules, { action: 'isolate_endpoint', group: '', needs: true }] })}>{t('policy.add')}</Button></div>}
      <Switch label={t('policy.fourEyes')} description={t('policy.fourEyesHelp')} checked={draft.fourEyesShell} disabled={!may} onChange={(event) => setDraft({ ...draft, fourEyesShell: event.currentTarget.checked })} />
      {may && <div className="row" style={{ justifyContent: 'flex-end' }}><Button disabled={JSON.stringify(draft) === JSON.stringify(policy)} loading={saving.isPending} onClick={save}>{t('action.save')}</Button></div>}
    </section>
  )
}

type RuleProps = { rule: Policy['rules'][number]; may: boolean; onChange: (changes: Partial<Policy['rules'][number]>) => void; onRemove: () => void }

function RuleLine({ rule, may, onChange, onRemove }: RuleProps) {
  const { t } = useTranslation()
  const name = useActionName()
  const data = [{ value: '*', label: t('policy.every') }, ...ACTION_NAMES.map((action) => ({ value: action, label: name(action) }))]
  return (
    <div className="row wrap">
      <Select aria-label={t('response.action')} searchable w={240} data={data} value={rule.action} disabled={!may} onChange={(action) => onChange({ action: action ?? rule.action })} />
      <TextInput aria-label={t('endpoints.group')} placeholder={t('policy.allGroups')} w={200} value={rule.group === '*' ? '' : rule.group} disabled={!may} onChange={(event) => onChange({ group: event.currentTarget.value })} />
      <Switch label={t('policy.needs')} checked={rule.needs} disabled={!may} onChange={(event) => onChange({ needs: event.currentTarget.checked })} />
      {may && <Button variant="subtle" color="red" onClick={onRemove}>{t('action.remove')}</Button>}
    </div>
  )
}
