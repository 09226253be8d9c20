import { Button, Checkbox, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupsQuery, sensorPolicyQuery, useEndpointChanges, type SensorPolicy } from '../../api/endpoints'
import { useMay } from '../../api/session'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useKeys } from '../../frame/keys'
import '../models/models.css'
import './endpoints.css'
import { BlockMounts } from './BlockMounts'
import { KINDS, linesOf, mountsOf, NUMBERS, problemOf, readLines, readMounts, type PolicyDraft } from './policy'

/** What sensors watch, leave out, and may say: one policy for each group, one for all others, each with its versions. */
export function SensorPolicies() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const [added, setAdded] = useState('')
  const group = address.group ?? ''
  const groups = useQuery(groupsQuery)
  const policy = useQuery(sensorPolicyQuery(group))
  const known = [...new Set(['', ...(groups.data?.items ?? []), group])]
  usePageTitle(t('endpoints.policies'))
  return (
    <div className="page">
      <div className="page-head">
        <div><Link to="/endpoints" search={{}} className="dim">{t('nav.endpoints')}</Link><h1>{t('endpoints.policies')}</h1></div>
        <Select aria-label={t('respond.office')} w={220} value={group || '_'} data={known.map((one) => ({ value: one || '_', label: one || t('sensorPolicy.others') }))} onChange={(next) => setAddress({ group: next === '_' ? undefined : (next ?? undefined) }, true)} />
        <form className="row tight" onSubmit={(event) => { event.preventDefault(); if (added.trim()) setAddress({ group: added.trim() }, true) }}>
          <TextInput aria-label={t('sensorPolicy.newGroup')} placeholder={t('sensorPolicy.newGroup')} value={added} onChange={(event) => setAdded(event.currentTarget.value)} maxLength={64} />
          <Button type="submit" variant="default" disabled={added.trim() === ''}>{t('sensorPolicy.openGroup')}</Button>
        </form>
      </div>
      {policy.isPending && <Loading lines={8} />}
      {policy.isError && <Failed error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data && <Editor key={`${group} ${policy.data.versions[0]?.version ?? 0}`} found={policy.data} group={group} />}
    </div>
  )
}

function Editor({ found, group }: { found: SensorPolicy; group: string }) {
  const { t } = useTranslation()
  const may = useMay('administer')
  const outcome = useOutcome()
  const { policy: saving } = useEndpointChanges()
  const [draft, setDraft] = useState<PolicyDraft>(found.effective as PolicyDraft)
  const [mounts, setMounts] = useState(() => mountsOf(draft))
  const [taken, setTaken] = useState(0) // an older version that was taken over: the text fields begin anew
  const [comment, setComment] = useState('')
  const base = found.versions[0]?.version ?? 0
  const change = (changes: Partial<PolicyDraft>) => setDraft((old) => ({ ...old, ...changes }))
  const send = (policy: PolicyDraft | null) => saving.mutate({ group, policy, base, comment: comment.trim() }, outcome(t('sensorPolicy.saved')))
  const isWrong = problemOf(mounts) !== null
  const save = () => may && !isWrong && send({ ...draft, block_mounts: readMounts(mounts) })
  const take = (policy: PolicyDraft) => {
    setDraft(policy)
    setMounts(mountsOf(policy))
    setTaken(taken + 1)
  }
  useKeys({ 'mod+s': save })
  return (
    <div className="two">
      <section className="panel panel-body col">
        {group !== '' && !found.versions[0]?.policy && <p className="dim" style={{ margin: 0 }}>{t('sensorPolicy.follows')}</p>}
        <Fields key={taken} draft={draft} change={change} may={may} />
        <BlockMounts draft={mounts} onChange={setMounts} may={may} />
        {may && (
          <>
            <TextInput label={t('sensorPolicy.comment')} value={comment} onChange={(event) => setComment(event.currentTarget.value)} maxLength={1000} />
            <div className="row" style={{ justifyContent: 'flex-end' }}>
              {group !== '' && found.versions[0]?.policy && <Button variant="default" loading={saving.isPending} onClick={() => send(null)}>{t('sensorPolicy.giveUp')}</Button>}
              <Button loading={saving.isPending} disabled={isWrong} onClick={save}>{t('sensorPolicy.save')}</Button>
            </div>
          </>
        )}
      </section>
      <section className="panel" aria-label={t('sensorPolicy.versions')}>
        <div className="panel-head"><h2>{t('sensorPolicy.versions')}</h2></div>
        <div className="panel-body">
          {found.versions.length === 0 && <p className="dim" style={{ margin: 0 }}>{t('sensorPolicy.noVersions')}</p>}
          <ul className="bare col">
            {found.versions.map((one) => (
              <li key={one.version} className="row">
                <span className="badge num">{one.version}</span>
                <span className="grow"><Moment at={one.changed} /> <span className="dim">{one.changedBy}</span>{one.comment && <span style={{ display: 'block' }}>{one.comment}</span>}</span>
                {may && one.policy && <Button variant="subtle" color="gray" onClick={() => take(one.policy as PolicyDraft)}>{t('sensorPolicy.take')}</Button>}
              </li>
            ))}
          </ul>
        </div>
      </section>
    </div>
  )
}

function Fields({ draft, change, may }: { draft: PolicyDraft; change: (changes: Partial<PolicyDraft>) => void; may: boolean }) {
  const { t } = useTranslation()
  const watch = draft.watch ?? []
  return (
    <>
      <Checkbox.Group label={t('sensorPolicy.watch')} value={watch} onChange={(next) => change({ watch: next })}>
        <div className="row wrap" style={{ marginTop: 4, columnGap: 20 }}>{KINDS.map((kind) => <Checkbox key={kind} value={kind} disabled={!may} label={t(`sensorPolicy.kind.${kind}`)} />)}</div>
      </Checkbox.Group>
      <Textarea className="policy-text" label={t('sensorPolicy.places')} description={t('sensorPolicy.placesHelp')} autosize minRows={3} maxRows={12} readOnly={!may} defaultValue={linesOf.places(draft)} key={`places ${draft.version}`} onBlur={(event) => change({ places: readLines.places(event.currentTarget.value, draft) })} spellCheck={false} />
      <Textarea className="policy-text" label={t('sensorPolicy.exclusions')} description={t('sensorPolicy.exclusionsHelp')} autosize minRows={2} maxRows={12} readOnly={!may} defaultValue={linesOf.exclusions(draft)} key={`exclusions ${draft.version}`} onBlur={(event) => change({ exclusions: readLines.exclusions(event.currentTarget.value) })} spellCheck={false} />
      <Switch label={t('sensorPolicy.hashFiles')} checked={draft.hash_files ?? true} disabled={!may} onChange={(event) => change({ hash_files: event.currentTarget.checked })} />
      <div className="row wrap">
        {NUMBERS.map((name) => <NumberInput key={name} size="xs" w={170} label={t(`sensorPolicy.number.${name}`)} value={draft[name] ?? ''} min={1} hideControls readOnly={!may} onChange={(next) => typeof next === 'number' && change({ [name]: next })} />)}
      </div>
    </>
  )
}
