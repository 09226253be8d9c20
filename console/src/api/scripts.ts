import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, remove, sendForm } from './client'
import type { Script, ScriptDetail } from './responseShapes'

export const scriptsQuery = queryOptions({
  queryKey: ['scripts'],
  queryFn: ({ signal }) => get<{ items: Script[] }>('/scripts', {}, signal),
})
export const scriptQuery = (id: string) =>
  queryOptions({ queryKey: ['scripts', id], queryFn: ({ signal }) => get<ScriptDetail>(`/scripts/${encodeURIComponent(id)}`, {}, signal) })

export type ScriptDraft = { name: string; kind: 'bash' | 'powershell'; description: string; parameters: string; text: string }

function formOf({ text, name, ...fields }: ScriptDraft): FormData {
  const form = new FormData()
  for (const [key, value] of Object.entries({ name, ...fields })) form.set(key, value)
  form.set('file', new File([text], name, { type: 'text/plain' }))
  return form
}

export function useScriptChanges() {
  const cache = useQueryClient()
  const onSettled = () => void cache.invalidateQueries({ queryKey: ['scripts'] })
  return {
    add: useMutation({ mutationFn: (draft: ScriptDraft) => sendForm<Script>('POST', '/scripts', formOf(draft)), onSettled }),
    save: useMutation({ mutationFn: ({ id, draft }: { id: string; draft: ScriptDraft }) => sendForm<Script>('PUT', `/scripts/${encodeURIComponent(id)}`, formOf(draft)), onSettled }),
    remove: useMutation({ mutationFn: (id: string) => remove<unknown>(`/scripts/${encodeURIComponent(id)}`), onSettled }),
  }
}
