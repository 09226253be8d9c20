import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readContent } from '../../api/content'
import type { ContentKind } from '../../api/contentShapes'
import { useMay } from '../../api/session'
import { Empty, Failed, Loading } from '../../components/States'
import { useAddress } from '../../frame/address'
import { useText } from '../../i18n'
import { newDraft, NO_QUERY, type Draft } from './draft'
import { Editor } from './Editor'

export const NewFilter = () => <NewContent kind="filter" />
export const NewModel = () => <NewContent kind="model" />

function NewContent({ kind }: { kind: ContentKind }) {
  const [address] = useAddress()
  const [first] = useState(() => newDraft(kind, address.tab === 'text' ? 'text' : 'query', freshId()))
  return <Allowed><Editor target={{ kind, id: null }} first={first} /></Allowed>
}

/** A UUID of version 4; `crypto.randomUUID` exists only on pages served securely. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const EditFilter = () => <Edited kind="filter" id={useParams({ from: '/frame/filters/$id/edit' }).id} />
export const EditModel = () => <Edited kind="model" id={useParams({ from: '/frame/models/$id/edit' }).id} />

function Edited({ kind, id }: { kind: ContentKind; id: string }) {
  const text = useText()
  // Read once and afresh: an answer of some minutes ago may be an old version, and a later one must not change what is being written.
  const now = useQuery({ queryKey: ['edit', kind, id], queryFn: ({ signal }) => readContent(kind, id, signal), staleTime: Number.POSITIVE_INFINITY, gcTime: 0 })
  if (now.isPending) return <div className="page"><Loading lines={12} /></div>
  if (now.isError) return <div className="page"><Failed error={now.error} onRetry={() => void now.refetch()} /></div>
  const { data } = now
  return <Standing key={`${kind}-${id}`} kind={kind} id={id} version={data.version} name={text('title' in data ? data.title : data.name)} text={data.text} />
}

/** The draft begins with the text as it stands now; what changes on the server meanwhile does not change it. */
function Standing({ kind, id, version, name, text }: { kind: ContentKind; id: string; version: number; name: string; text: string }) {
  const [first] = useState<Draft>({ kind, tab: 'text', text, kept: text, query: NO_QUERY })
  const [target] = useState({ kind, id, version, name })
  return <Allowed><Editor target={target} first={first} /></Allowed>
}

function Allowed({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation()
  return useMay('content') ? children : <div className="page"><Empty title={t('error.forbidden')}><p>{t('editor.readOnly')}</p></Empty></div>
}
