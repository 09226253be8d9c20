import { useTranslation } from 'react-i18next'
import type { MessageCopy } from '../../api/mail'
import { Moment } from '../../components/Moment'
import { ObjectValue } from '../../components/ObjectMenu'

const LOOKS: Record<string, string> = { quarantined: 'badge badge-ok', restored: 'badge', deleted: 'badge badge-ok', failed: 'badge badge-bad' }

/** Copies of a message, mailbox by mailbox; senders and attachments carry the menu. */
export function MessageTable({ copies }: { copies: (MessageCopy & { error?: string })[] }) {
  const { t } = useTranslation()
  return (
    <div className="scroll-table">
      <table className="small-table" aria-label={t('messages.copies')}>
        <thead>
          <tr><th>{t('messages.mailbox')}</th><th>{t('column.state')}</th><th>{t('messages.subject')}</th><th>{t('messages.from')}</th><th>{t('messages.received')}</th><th>{t('messages.attachments')}</th></tr>
        </thead>
        <tbody>
          {copies.slice(0, MOST).map((copy) => (
            <tr key={copy.id}>
              <td><strong style={{ overflowWrap: 'anywhere' }}>{copy.mailbox}</strong> <span className="dim">{copy.folder || t('messages.inbox')} · {copy.connector}</span></td>
              <td><span className={LOOKS[copy.status] ?? 'badge badge-warn'}>{t(`messages.status.${copy.status}`, copy.status)}</span>{copy.error && <span className="dim"> {copy.error}</span>}</td>
              <td title={copy.messageId} style={{ overflowWrap: 'anywhere' }}>{copy.subject || '–'}</td>
              <td>{copy.from ? <ObjectValue className="mono" object={{ type: 'value', field: '', value: copy.from }} /> : '–'}</td>
              <td><Moment at={copy.received} /></td>
              <td>{copy.attachments.map((one) => <div key={`${one.name} ${one.sha256}`}>{one.name} <ObjectValue className="mono" object={{ type: 'hash', field: '', value: one.sha256 }}>{one.sha256.slice(0, 12)}…</ObjectValue></div>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {copies.length > MOST && <p className="dim" style={{ margin: 10 }}>{t('facet.more', { count: copies.length - MOST })}</p>}
    </div>
  )
}
const MOST = 500
