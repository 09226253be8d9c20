import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { threeWayQuery, useContentChanges } from '../../api/content'
import type { ContentKind, Resolution, ThreeWay as Texts } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { useOutcome } from '../../components/outcome'
import { Failed, Loading } from '../../components/States'
import { usePageTitle } from '../../frame/Frame'
import '../models/models.css'
import { Code } from './Code'
import type { CodeHandle } from './CodeField'
import { compared, conflictLines } from './lineDifference'
import { Difference, type Layout } from './Difference'
import './editor.css'
import { marksOf } from './marks'

export const FilterConflict = () => <ThreeWay kind="filter" id={useParams({ from: '/frame/filters/$id/conflict' }).id} />
export const ModelConflict = () => <ThreeWay kind="model" id={useParams({ from: '/frame/models/$id/conflict' }).id} />

/** The shipped text changed under a person's edit: what each side changed, and a merged text to finish. */
function ThreeWay({ kind, id }: { kind: ContentKind; id: string }) {
  const { t } = useTranslation()
  const texts = useQuery(threeWayQuery(kind, id))
  usePageTitle(t('conflict.title'))
  if (texts.isPending) return <div className="page"><Loading lines={10} /></div>
  if (texts.isError) return <div className="page"><Failed error={texts.error} onRetry={() => void texts.refetch()} /></div>
  return <Sides key={texts.data.merged} kind={kind} id={id} texts={texts.data} />
}

function Sides({ kind, id, texts }: { kind: ContentKind; id: string; texts: Texts }) {
  const { t } = useTranslation()
  const [layout, setLayout] = useState<Layout>('unified')
  const shipped = useMemo(() => compared(texts.base, texts.shipped), [texts])
  const mine = useMemo(() => compared(texts.base, texts.mine), [texts])
  return (
    <div className="page">
      <div className="page-head">
        <div className="editor-head">
          <Link to={kind === 'filter' ? '/filters/$id' : '/models/$id'} params={{ id }} className="mono">{id}</Link>
          <h1>{t('conflict.title')}</h1>
        </div>
        <span className="grow" />
        <SegmentedControl size="xs" aria-label={t('versions.layout')} value={layout} data={[{ value: 'split', label: t('versions.split') }, { value: 'unified', label: t('versions.unified') }]} onChange={(value) => setLayout(value as Layout)} />
      </div>
      <p style={{ margin: 0 }}>{t('conflict.help')}</p>
      <div className="three-way">
        <section className="panel">
          <div className="panel-head"><h2>{t('conflict.shipped')}</h2></div>
          <Difference lines={shipped} layout={layout} />
        </section>
        <section className="panel">
          <div className="panel-head"><h2>{t('conflict.mine')}</h2></div>
          <Difference lines={mine} layout={layout} />
        </section>
      </div>
      <Merged kind={kind} id={id} texts={texts} />
    </div>
  )
}

function Merged({ kind, id, texts }: { kind: ContentKind; id: string; texts: Texts }) {
  const { t } = useTranslation()
  const may = useMay('content')
  const [text, setText] = useState(texts.merged)
  const code = useRef<CodeHandle | null>(null)
  const open = conflictLines(text)
  const marks = useMemo(() => marksOf(text, open.map((line) => ({ line, column: null, message: '' })), 'error').map((mark) => ({ ...mark, message: t('conflict.openHere') })), [text, t]) // eslint-disable-line react-hooks/exhaustive-deps
  return (
    <section className="panel merged">
      <div className="panel-head">
        <h2>{t('conflict.merged')}</h2>
        {open.length > 0 ? (
          <button type="button" className="badge badge-bad" onClick={() => code.current?.goTo(open[0] as number, 1)}>{t('conflict.left', { count: texts.conflicts.length })}</button>
        ) : (
          <span className="badge badge-ok">{t('conflict.none')}</span>
        )}
        <span className="grow" />
        {may && <Resolve kind={kind} id={id} text={text} unfinished={open.length > 0} />}
      </div>
      <div className="panel-body"><Code value={text} language="yaml" label={t('conflict.merged')} marks={marks} handle={code} onChange={may ? setText : undefined} /></div>
    </section>
  )
}

function Resolve({ kind, id, text, unfinished }: { kind: ContentKind; id: string; text: string; unfinished: boolean }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const navigate = useNavigate()
  const { resolve } = useContentChanges(kind)
  const [asking, setAsking] = useState(false)
  const run = (resolution: Resolution) =>
    resolve.mutate(
      { id, resolution },
      outcome(t(`conflict.took.${resolution.take}`), { onDone: () => void navigate({ to: kind === 'filter' ? '/filters/$id' : '/models/$id', params: { id } }) }),
    )
  return (
    <>
      <Button variant="default" disabled={resolve.isPending} onClick={() => run({ take: 'mine' })}>{t('conflict.takeMine')}</Button>
      <Button variant="default" disabled={resolve.isPending} onClick={() => setAsking(true)}>{t('conflict.takeShipped')}</Button>
      <Button disabled={unfinished} loading={resolve.isPending} onClick={() => run({ take: 'text', text })}>{t('conflict.takeMerged')}</Button>
      <Confirm opened={asking} title={t('conflict.takeShipped')} message={t('content.giveUpMessage')} target={<span className="mono">{id}</span>} confirm={t('conflict.takeShipped')} busy={resolve.isPending} onConfirm={() => run({ take: 'shipped' })} onCancel={() => setAsking(false)} />
    </>
  )
}
