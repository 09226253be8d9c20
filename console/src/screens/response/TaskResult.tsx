import { useTranslation } from 'react-i18next'
import type { TaskDetail } from '../../api/responseShapes'
import { ObjectScope, ObjectValue } from '../../components/ObjectMenu'
import type { MessageCopy } from '../../api/mail'
import { MessageTable } from '../mail/MessageTable'
import { flat } from './proof'

type Found = { path?: string; sha1?: string; sha256?: string; pattern?: string; kind?: string; size_bytes?: number; pid?: number }
const listOf = (value: unknown): Found[] => (Array.isArray(value) ? (value as Found[]) : [])

/** What the action gave back; what was found can be acted upon at once. */
export function TaskResult({ task }: { task: TaskDetail }) {
  const { t } = useTranslation()
  const result = task.result ?? {}
  const matches = listOf(result.matches)
  const killed = listOf(result.killed)
  const copies = copiesOf(result.copies)
  const { matches: _, killed: __, copies: ___, tail, ...rest } = result
  return (
    <ObjectScope endpoint={{ guid: task.target.id, name: task.target.name }} alertId={task.alertId ?? undefined}>
      <div className="col">
        {'matches' in result && (matches.length === 0 ? <p style={{ margin: 0 }}>{t('response.noMatches')}</p> : <FoundTable rows={matches} />)}
        {copies.length > 0 && <MessageTable copies={copies} />}
        {killed.length > 0 && <FoundTable rows={killed} />}
        {typeof tail === 'string' && tail !== '' && <pre className="output" aria-label={t('response.output')} tabIndex={0}>{tail}</pre>}
        <table className="proof-table">
          <tbody>{flat(rest).slice(0, 60).map(([name, value]) => <tr key={name}><th scope="row">{t(`result.${name}`, name)}</th><td className="mono">{value}</td></tr>)}</tbody>
        </table>
      </div>
    </ObjectScope>
  )
}

function FoundTable({ rows }: { rows: Found[] }) {
  const { t } = useTranslation()
  return (
    <table className="proof-table" data-testid="found">
      <thead><tr><th>{t('object.file')}</th><th>{t('response.pattern')}</th><th>SHA-256</th></tr></thead>
      <tbody>
        {rows.slice(0, 200).map((one, index) => (
          <tr key={`${one.path ?? ''} ${index}`}>
            <td>{one.path && <ObjectValue className="mono" object={{ type: 'file', field: '', value: one.path, about: { sha1: one.sha1, sha256: one.sha256 } }} />}{one.pid !== undefined && <span className="dim num"> PID {one.pid}</span>}</td>
            <td>{one.pattern ?? ''}</td>
            <td>{one.sha256 && <ObjectValue className="mono" object={{ type: 'hash', field: '', value: one.sha256 }}>{one.sha256.slice(0, 16)}…</ObjectValue>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Copies of a message as a task tells them, in the words of the search. */
function copiesOf(value: unknown): (MessageCopy & { error?: string })[] {
  if (!Array.isArray(value)) return []
  return (value as (MessageCopy & { unique_id: string; message_id: string; sender: string; received_ms: number; size_bytes: number })[]).map((one) => ({ ...one, id: one.unique_id, messageId: one.message_id, from: one.sender, received: one.received_ms, sizeBytes: one.size_bytes }))
}
