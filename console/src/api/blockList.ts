import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { downloadAddress, get, post, removeWith, sendForm } from './client'
import type { BlockEntry, BlockType } from './responseShapes'
import type { Text } from './shapes'

export const blockListQuery = queryOptions({
  queryKey: ['block-list'],
  queryFn: ({ signal }) => get<{ items: BlockEntry[]; version?: number }>('/block-list', {}, signal),
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
  return {
    add: useMutation({ mutationFn: (items: NewBlock[]) => post<{ items: { item?: BlockEntry; error?: { code: string; message: string; text?: Text } }[] }>('/block-list', { items }), onSettled }),
    remove: useMutation({ mutationFn: (items: BlockKey[]) => removeWith<unknown>('/block-list', { items }), onSettled }),
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
