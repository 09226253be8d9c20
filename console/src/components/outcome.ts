import { useRefusal } from './refusal'
import { useNotice, type NoticeAction } from './Notices'

type Told<Answer> = string | ((answer: Answer) => string)
type More<Answer> = {
  /** What stands before a refusal: whose it is, where several could be meant. */
  of?: string
  /** Something to do about what was told, most often to take it back. */
  action?: NoticeAction | ((answer: Answer) => NoticeAction)
  onDone?: (answer: Answer) => void
  onEnd?: () => void
}

/** How a mutation went, told at the foot of the page: what was done ('' says nothing), or why it was refused. */
export function useOutcome() {
  const notice = useNotice()
  const refusal = useRefusal()
  return <Answer>(done: Told<Answer>, { of = '', action, onDone, onEnd }: More<Answer> = {}) => ({
    onSuccess: (answer: Answer) => {
      const words = typeof done === 'function' ? done(answer) : done
      if (words) notice.tell(words, typeof action === 'function' ? action(answer) : action)
      onDone?.(answer)
    },
    onError: (error: unknown) => notice.warn(`${of ? `${of}: ` : ''}${refusal(error)}`),
    onSettled: () => onEnd?.(),
  })
}
