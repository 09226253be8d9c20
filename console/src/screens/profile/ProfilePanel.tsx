import { Button, Tabs } from '@mantine/core'
import { IconSubtask } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ProfileNode } from '../../api/shapes'
import { quoted } from '../../api/queryText'
import { searchActivities } from '../../api/search'
import { FieldList, type NamedValue } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { Severity } from '../../components/Severity'
import { Empty, Failed, Loading } from '../../components/States'
import { whatHappened } from '../../components/whatHappened'
import { useText } from '../../i18n'

/** Beside the chain: what the chosen object is, and what it did. */
export function ProfilePanel({ node, onChildren, busy }: { node: ProfileNode; onChildren?: () => void; busy: boolean }) {
  const { t } = useTranslation()
  return (
    <aside className="profile-panel" aria-label={node.label}>
      <div className="profile-panel-head">
        <span className="dim">{t(`object.${node.kind === 'missing' ? 'process' : node.kind}`)}</span>
        <strong className="mono">{node.label}</strong>
        {onChildren && (
          <div className="no-print" style={{ marginTop: 6 }}>
            <Button variant="default" leftSection={<IconSubtask size={14} />} loading={busy} onClick={onChildren}>{t('profile.children')}</Button>
          </div>
        )}
      </div>
      <Tabs defaultValue="profile" className="profile-panel-tabs">
        <Tabs.List>
          <Tabs.Tab value="profile">{t('profile.tab.profile')}</Tabs.Tab>
          <Tabs.Tab value="events">{t('profile.tab.events')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="profile"><Facts node={node} /></Tabs.Panel>
        <Tabs.Panel value="events"><Events node={node} /></Tabs.Panel>
      </Tabs>
    </aside>
  )
}

function Facts({ node }: { node: ProfileNode }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <div className="profile-panel-body">
      {node.reason && <p className="dim" style={{ margin: 0 }}>{text(node.reason)}</p>}
      {node.flagged.length > 0 && (
        <section>
          <h4 className="section-title">{t('profile.flagged')}</h4>
          <ul className="bare col" style={{ gap: 4 }}>
            {node.flagged.map((flag) => (
              <li key={`${flag.filterId}-${flag.uuid}`} className="row tight">
                <Severity level={flag.risk} />
                <Link to="/filters/$id" params={{ id: flag.filterId }}>{text(flag.title)}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <FieldList fields={factsOf(node)} />
    </div>
  )
}

function factsOf(node: ProfileNode): NamedValue[] {
  const { process } = node
  if (!process) return []
  const all: [string, unknown][] = [
    ['processFilePath', process.filePath], ['processCmd', process.cmd], ['processPid', process.pid], ['processUser', process.user],
    ['endpointHostName', process.endpointName], ['processSigner', process.signer], ['integrityLevel', process.integrityLevel],
    ['processFileHashSha256', process.sha256], ['processFileHashSha1', process.sha1], ['processFileHashMd5', process.md5],
    ['processLaunchTime', process.startDateTime],
  ]
  return all.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([field, value]) => ({ field, value }))
}

function Events({ node }: { node: ProfileNode }) {
  const { t } = useTranslation()
  const query = eventsQueryOf(node)
  const found = useQuery({
    queryKey: ['search', 'of-process', query],
    queryFn: ({ signal }) => searchActivities({ query, top: 50 }, signal),
    enabled: query !== '',
  })
  if (query === '') return <Empty title={t('profile.noEvents')} />
  if (found.isPending) return <Loading lines={5} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  if (found.data.items.length === 0) return <Empty title={t('profile.noEvents')} />
  return (
    <ul className="bare profile-events">
      {found.data.items.map((row) => (
        <li key={String(row.uuid)}>
          <Moment at={row.eventTime as number} />
          <span className="mono">{whatHappened(row)}</span>
        </li>
      ))}
      <li><Link to="/search" search={{ query, range: 'all' }}>{t('profile.allInSearch')}</Link></li>
    </ul>
  )
}

function eventsQueryOf(node: ProfileNode): string {
  const { endpointGuid, hashId, pid } = node.process ?? {}
  if (!endpointGuid) return ''
  const host = `endpointGuid: ${quoted(endpointGuid)}`
  // What it did, and its own start.
  if (hashId) return `${host} AND (processHashId: ${hashId} OR objectProcessHashId: ${hashId})`
  return pid ? `${host} AND (processPid: ${pid} OR objectPid: ${pid})` : ''
}
