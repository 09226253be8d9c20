import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post, remove } from './client'

type Kept = { name: string; kind: string; address: string; settings: Record<string, unknown>; createdBy: string; created: number }
export type MailConnector = Kept & { mailboxes: number | null }
export type Directory = Kept & { baseDn: string }

export const mailConnectorsQuery = queryOptions({
  queryKey: ['mail', 'connectors'],
  queryFn: ({ signal }) => get<{ items: MailConnector[] }>('/mail-connectors', {}, signal),
})
export const directoriesQuery = queryOptions({
  queryKey: ['directories'],
  queryFn: ({ signal }) => get<{ items: Directory[] }>('/directories', {}, signal),
})

/** One copy of a message: in a mailbox (delivered), or in our quarantine. */
export type MessageCopy = {
  id: string
  connector: string
  mailbox: string
  folder: string
  messageId: string
  subject: string
  from: string
  received: number
  sizeBytes: number
  sha256: string
  status: string
  attachments: { name: string; sha256: string }[]
}
/** `partial`: there was more than one search looks at; `troubles`: what could not be looked into. */
export type FoundMessages = { items: MessageCopy[]; total: number; partial: boolean; examined: number; troubles: string[] }
export type MessageWish = { messageId: string } | { attachmentSha256: string }

/** A SHA-256 means the attachment, anything else is a message id. */
export const messageWishOf = (text: string): MessageWish => (/^[0-9a-f]{64}$/i.test(text) ? { attachmentSha256: text.toLowerCase() } : { messageId: text })

/** Looks into every mailbox, so it is asked for and not repeated by itself. */
export const messagesQuery = (find: string) =>
  queryOptions({
    queryKey: ['mail', 'messages', find],
    queryFn: ({ signal }) => get<FoundMessages>('/mail/search', messageWishOf(find), signal),
    staleTime: 30_000,
    enabled: find !== '',
  })

export function useConnectorChanges(path: '/mail-connectors' | '/directories') {
  const cache = useQueryClient()
  const onSettled = () => {
    void cache.invalidateQueries({ queryKey: ['mail'] })
    void cache.invalidateQueries({ queryKey: ['directories'] })
  }
  return {
    add: useMutation({ mutationFn: (wish: Record<string, unknown>) => post<unknown>(path, wish), onSettled }),
    remove: useMutation({ mutationFn: (name: string) => remove<unknown>(`${path}/${encodeURIComponent(name)}`), onSettled }),
  }
}
