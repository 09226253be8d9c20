import { Button } from '@mantine/core'
import { IconDownload, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { exportAddress, forgetContent } from '../../api/content'
import { useMay } from '../../api/session'
import type { Text } from '../../api/shapes'
import { Confirm } from '../../components/Confirm'
import { useNotice } from '../../components/Notices'
import { useText } from '../../i18n'
import { useRefusal } from '../../components/refusal'

/** A filter or model of the list. */
export type Marked = { id: string; name: Text; enabled: boolean }
type Props = { marked: Marked[]; change: (id: string, enabled: boolean) => Promise<unknown>; onDone: () => void }

/** What can be done with the marked rows at once. One that is refused does not stop the others, and is named. */
export function BulkBar({ marked, change, onDone }: Props) {
  const { t } = useTranslation()
  const may = useMay('content')
  const [asking, setAsking] = useState(false)
  const { run, busy } = useRun(change, onDone)
  if (marked.length === 0) return null
  const on = marked.filter((one) => !one.enabled)
  const off = marked.filter((one) => one.enabled)
  return (
    <div className="bulk" role="toolbar" aria-label={t('content.bulk')}>
      <strong>{t('workbench.marked', { count: marked.length })}</strong>
      {may && (
        <>
          <Button variant="default" leftSection={<IconPlayerPlay size={14} />} disabled={on.length === 0} loading={busy} onClick={() => void run(on, true)}>{t('content.switchOn')}</Button>
          <Button variant="default" leftSection={<IconPlayerPause size={14} />} disabled={off.length === 0} loading={busy} onClick={() => setAsking(true)}>{t('content.switchOff')}</Button>
        </>
      )}
      <Button variant="default" leftSection={<IconDownload size={14} />} component="a" href={exportAddress(marked.map((one) => one.id))} download="hinomi-content.zip">{t('content.export')}</Button>
      <Button variant="subtle" color="gray" onClick={onDone}>{t('table.unmark')}</Button>
      <OffConfirm opened={asking} marked={off} busy={busy} onConfirm={() => void run(off, false).then(() => setAsking(false))} onCancel={() => setAsking(false)} />
    </div>
  )
}

function OffConfirm({ opened, marked, busy, onConfirm, onCancel }: { opened: boolean; marked: Marked[]; busy: boolean; onConfirm: () => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <Confirm
      opened={opened}
      title={t('content.offTitle', { count: marked.length })}
      message={t('content.offMessage')}
      target={<ul className="bare" style={{ maxHeight: 220, overflow: 'auto' }}>{marked.map((one) => <li key={one.id}>{text(one.name)}</li>)}</ul>}
      confirm={t('models.offConfirm')}
      busy={busy}
      onConfirm={onConfirm}
      onCancel={onCancel}
    />
  )
}

function useRun(change: Props['change'], onDone: () => void) {
  const { t } = useTranslation()
  const text = useText()
  const notice = useNotice()
  const refusal = useRefusal()
  const cache = useQueryClient()
  const [busy, setBusy] = useState(false)
  const run = async (rows: Marked[], enabled: boolean) => {
    setBusy(true)
    const refused: string[] = []
    for (const row of rows) {
      await change(row.id, enabled).catch((error: unknown) => refused.push(`${text(row.name)}: ${refusal(error)}`))
    }
    setBusy(false)
    forgetContent(cache)
    const done = rows.length - refused.length
    if (done > 0) notice.tell(t(enabled ? 'content.manyOn' : 'content.manyOff', { count: done }))
    if (refused.length > 0) notice.warn(refused.join(' · '))
    onDone()
  }
  return { run, busy }
}
