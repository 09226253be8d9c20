import { Button, Radio, SegmentedControl, TextInput } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { differenceQuery, useContentChanges, versionsQuery } from '../../api/content'
import type { ContentKind, Version } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import '../models/models.css'
import { Difference, type Layout } from './Difference'
import './editor.css'

export const FilterVersions = () => <Versions kind="filter" id={useParams({ from: '/frame/filters/$id/versions' }).id} />
export const ModelVersions = () => <Versions kind="model" id={useParams({ from: '/frame/models/$id/versions' }).id} />

/** Every version with its author and comment, what changed between two of them, and the way back to one. */
function Versions({ kind, id }: { kind: ContentKind; id: string }) {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const versions = useQuery(versionsQuery(kind, id))
  usePageTitle(t('versions.of', { id }))
  if (versions.isPending) return <div className="page"><Loading lines={8} /></div>
  if (versions.isError) return <div className="page"><Failed error={versions.error} onRetry={() => void versions.refetch()} /></div>
  const items = [...versions.data.items].sort((a, b) => b.version - a.version)
  const { from, to } = chosenPair(items, address)
  const layout: Layout = address.layout === 'unified' ? 'unified' : 'split'
  return (
    <div className="page fixed">
      <div className="page-head">
        <div className="editor-head">
          <Link to={kind === 'filter' ? '/filters/$id' : '/models/$id'} params={{ id }} className="mono">{id}</Link>
          <h1>{t('versions.title')}</h1>
        </div>
        <span className="grow" />
        <SegmentedControl size="xs" aria-label={t('versions.layout')} value={layout} data={[{ value: 'split', label: t('versions.split') }, { value: 'unified', label: t('versions.unified') }]} onChange={(value) => setAddress({ layout: value === 'unified' ? value : undefined })} />
      </div>
      <div className="versions">
        <section className="panel">
          <div className="panel-head"><h2>{t('versions.title')}</h2><span className="dim">{t('versions.choose')}</span></div>
          <ol className="bare version-list">
            {items.map((version) => <Line key={version.version} version={version} from={from} to={to} kind={kind} id={id} onChoose={(pair) => setAddress(pair)} />)}
          </ol>
        </section>
        <section className="panel">
          <div className="panel-head"><h2>{t('versions.between', { from, to })}</h2></div>
          {from === to ? <Empty title={t('versions.same')}><p>{t('versions.sameHelp')}</p></Empty> : <Between kind={kind} id={id} from={from} to={to} layout={layout} />}
        </section>
      </div>
    </div>
  )
}

/** The two versions of the address; else the one in effect and the one before it. `items`: newest first. */
export function chosenPair(items: Version[], address: Record<string, string>): { from: number; to: number } {
  const known = (name: string) => items.find((one) => String(one.version) === address[name])?.version
  const current = items.find((one) => one.current)?.version ?? items[0]?.version ?? 0
  const to = known('to') ?? current
  const from = known('from') ?? items.find((one) => one.version < to)?.version ?? to
  return { from, to }
}

type LineProps = { version: Version; from: number; to: number; kind: ContentKind; id: string; onChoose: (pair: { from?: string; to?: string }) => void }

function Line({ version: one, from, to, kind, id, onChoose }: LineProps) {
  const { t } = useTranslation()
  const number = String(one.version)
  return (
    <li className="version" data-chosen={one.version === from || one.version === to}>
      <Radio size="xs" name="from" aria-label={t('versions.fromOf', { version: number })} title={t('versions.from')} checked={one.version === from} onChange={() => onChoose({ from: number })} />
      <Radio size="xs" name="to" aria-label={t('versions.toOf', { version: number })} title={t('versions.to')} checked={one.version === to} onChange={() => onChoose({ to: number })} />
      <div className="row wrap">
        <strong className="num">{one.version === 0 ? t('versions.shipped') : t('versions.number', { version: number })}</strong>
        {one.current && <span className="badge badge-ok">{t('versions.current')}</span>}
        <span className="grow" />
        {!one.current && <RollBack version={one} kind={kind} id={id} />}
      </div>
      <div className="comment">
        {one.comment && <div>{one.comment}</div>}
        <span className="dim">{one.author} <Moment at={one.at} /></span>
      </div>
    </li>
  )
}

function RollBack({ version, kind, id }: { version: Version; kind: ContentKind; id: string }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const may = useMay('content')
  const { rollBack } = useContentChanges(kind)
  const [asking, setAsking] = useState(false)
  const [comment, setComment] = useState('')
  if (!may) return null
  const run = () =>
    rollBack.mutate(
      { id, version: version.version, comment: comment.trim() },
      outcome(t('versions.rolledBack', { version: version.version }), { onDone: () => setAsking(false) }),
    )
  return (
    <>
      <Button variant="subtle" color="gray" size="compact-xs" leftSection={<IconArrowBackUp size={13} />} onClick={() => setAsking(true)}>{t('versions.rollBack')}</Button>
      <Confirm
        opened={asking}
        title={t('versions.rollBackTitle')}
        message={t('versions.rollBackMessage')}
        target={<><strong className="num">{t('versions.number', { version: version.version })}</strong> <span className="dim">{version.author}</span> <Moment at={version.at} />{version.comment && <div>{version.comment}</div>}</>}
        confirm={t('versions.rollBack')}
        busy={rollBack.isPending}
        onConfirm={run}
        onCancel={() => setAsking(false)}
      >
        <TextInput label={t('editor.comment')} value={comment} maxLength={500} onChange={(event) => setComment(event.currentTarget.value)} />
      </Confirm>
    </>
  )
}

function Between({ kind, id, from, to, layout }: { kind: ContentKind; id: string; from: number; to: number; layout: Layout }) {
  const difference = useQuery(differenceQuery(kind, id, from, to))
  if (difference.isPending) return <Loading lines={10} />
  if (difference.isError) return <Failed error={difference.error} onRetry={() => void difference.refetch()} />
  return <Difference lines={difference.data.lines} layout={layout} />
}
