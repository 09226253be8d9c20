import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { mailConnectorsQuery, messagesQuery, messageWishOf, type FoundMessages } from '../../api/mail'
import { actionsQuery } from '../../api/response'
import { useMay } from '../../api/session'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { useRespond } from '../../components/response/RespondProvider'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { useText } from '../../i18n'
import { MessageTable } from './MessageTable'

/** Who else received a message: every copy in every mailbox, and what to do about all of them at once. */
export function Messages() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const find = address.find ?? ''
  const found = useQuery(messagesQuery(find))
  usePageTitle(t('nav.messages'))
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.messages')}</h1>
        <span className="grow" />
        <SearchBox value={find} placeholder={t('messages.find')} onApply={(next) => setAddress({ find: next || undefined }, true)} width={420} />
      </div>
      <section className="panel" aria-label={t('messages.copies')}>
        {find === '' && <Begin />}
        {find !== '' && found.isPending && <Loading lines={6} />}
        {found.isError && <Failed error={found.error} onRetry={() => void found.refetch()} />}
        {found.data && <Found find={find} found={found.data} />}
      </section>
    </div>
  )
}

function Begin() {
  const { t } = useTranslation()
  const may = useMay('administer')
  const connectors = useQuery(mailConnectorsQuery)
  if (connectors.data?.items.length === 0) {
    return (
      <Empty title={t('messages.noConnector')}>
        <p>{t('messages.noConnectorHelp')} {may && <Link to="/administration/connectors">{t('nav.connectors')}</Link>}</p>
      </Empty>
    )
  }
  return <Empty title={t('messages.begin')}><p>{t('messages.beginHelp')}</p></Empty>
}

function Found({ find, found }: { find: string; found: FoundMessages }) {
  const { t } = useTranslation()
  const { items, partial, troubles } = found
  return (
    <>
      {items.length > 0 && (
        <div className="panel-head">
          <h2 className="grow">{t('messages.count', { count: items.length, mailboxes: new Set(items.map((one) => one.mailbox)).size })}</h2>
          <Actions find={find} statuses={items.map((one) => one.status)} />
        </div>
      )}
      {(partial || troubles.length > 0) && (
        <div className="warn-line" role="alert" style={{ margin: 10 }}>
          <p>{partial && t('messages.partial')} {troubles.length > 0 && <>{t('messages.troubles')} <span className="mono">{troubles.slice(0, 5).join('; ')}</span></>}</p>
        </div>
      )}
      {items.length === 0 ? <Empty title={t('messages.none')}><p>{t('messages.noneHelp')}</p></Empty> : <MessageTable copies={items} />}
    </>
  )
}

// What a copy must be for an action to change anything about it.
const CONCERNS: Record<string, string[]> = { quarantine_message: ['delivered'], restore_message: ['quarantined'], delete_message: ['delivered', 'quarantined'] }

/** For every copy that was found, and any that the action still finds. */
function Actions({ find, statuses }: { find: string; statuses: string[] }) {
  const { t } = useTranslation()
  const text = useText()
  const respond = useRespond()
  const actions = useQuery(actionsQuery('message')).data?.items ?? []
  const wish = messageWishOf(find)
  const given = 'messageId' in wish ? { message_id: wish.messageId } : { attachment_sha256: wish.attachmentSha256 }
  return (
    <span className="row wrap">
      {actions.map((action) => {
        const count = statuses.filter((status) => CONCERNS[action.name]?.includes(status)).length
        return <Button key={action.name} variant="default" {...(action.destructive ? { color: 'red.9' } : {})} disabled={!action.allowed || count === 0} title={action.allowed ? undefined : text(action.why)} onClick={() => respond({ action, hosts: [], given, source: 'mail' })}>{text(action.title)} <span className="num dim" style={{ marginLeft: 6 }}>{t('messages.concerns', { count })}</span></Button>
      })}
    </span>
  )
}
