import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { downloadAddress, get, post, removeWith, sendForm } from './client'
import type { BlockEnforcement, BlockEntry, BlockType } from './responseShapes'
import type { Text } from './shapes'

export const blockListQuery = queryOptions({
  queryKey: ['block-list'],
  queryFn: ({ signal }) => get<{ items: BlockEntry[]; version?: number }>('/block-list', {}, signal),
  refetchInterval: 10_000,
})

export const enforcementQuery = (type: string, value: string) =>
  queryOptions({
    queryKey: ['block-list', 'enforcement', type, value],
    queryFn: ({ signal }) => get<BlockEnforcement>('/block-list/enforcement', { type, value }, signal),
    refetchInterval: 10_000,
  })

export type BlockException = BlockKey & { description: string; createdBy: string; created: number }
export const blockExceptionsQuery = queryOptions({
  queryKey: ['block-list', 'exceptions'],
  queryFn: ({ signal }) => get<{ items: BlockException[] }>('/block-list/exceptions', {}, signal),
})

export type NewBlock = { type: BlockType; value: string; action: 'block' | 'log'; risk: string; expires: number | null; description: string }
export type BlockKey = Pick<BlockEntry, 'type' | 'value'>
export const FORMATS = ['csv', 'rpz', 'hosts', 'proxy'] as const
export type Format = (typeof FORMATS)[number]

export function useBlockChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['block-list'] })
  // what stands beside the list still shows the entry for a moment: it must not ask for it again
  const onRemoved = (_told: unknown, refused: Error | null, gone: BlockKey[]) =>
    void cache.invalidateQueries({ queryKey: ['block-list'], predicate: ({ queryKey }) => refused !== null || !gone.some((one) => queryKey.includes(one.value)) })
  return {
    add: useMutation({ mutationFn: (items: NewBlock[]) => post<{ items: { item?: BlockEntry; error?: { code: string; message: string; text?: Text } }[] }>('/block-list', { items }), onSettled }),
    remove: useMutation({ mutationFn: (items: BlockKey[]) => removeWith<unknown>('/block-list', { items }), onSettled: onRemoved }),
    except: useMutation({ mutationFn: (wish: BlockKey & { description: string }) => post<unknown>('/block-list/exceptions', wish), onSettled }),
    unexcept: useMutation({ mutationFn: ({ type, value }: BlockKey) => removeWith<unknown>('/block-list/exceptions', { type, value }), onSettled }),
    take: useMutation({
      mutationFn: (file: File) => {
        const form = new FormData()
        form.set('file', file)
        return sendForm<{ added?: number; errors?: unknown[] }>('POST', '/block-list/import', form)
      },
      onSettled,
    }),
  }
}

export const exportAddress = (format: Format) => downloadAddress('/block-list/export', { format })
