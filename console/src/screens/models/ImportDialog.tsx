import { Button, FileInput, Modal } from '@mantine/core'
import { IconFileZip } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { forgetContent, importContent } from '../../api/content'
import type { Finding, ImportItem } from '../../api/contentShapes'
import { useNotice } from '../../components/Notices'
import { useText } from '../../i18n'
import { useRefusal } from '../../components/refusal'

/** A zip of filters and models: first what it would do, then doing it. */
export function ImportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{t('content.import')}</strong>} size="xl">
      {opened && <ImportBody onClose={onClose} />}
    </Modal>
  )
}

function ImportBody({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const notice = useNotice()
  const refusal = useRefusal()
  const cache = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const trial = useMutation({ mutationFn: (chosen: File) => importContent(chosen, true) })
  const real = useMutation({ mutationFn: (chosen: File) => importContent(chosen, false) })
  const choose = (chosen: File | null) => {
    setFile(chosen)
    trial.reset()
    if (chosen) trial.mutate(chosen)
  }
  const run = () =>
    file &&
    real.mutate(file, {
      onSuccess: ({ items }) => {
        forgetContent(cache)
        notice.tell(t('content.imported', { count: useful(items).length }))
        onClose()
      },
    })
  const error = trial.error ?? real.error
  return (
    <div className="col">
      <p style={{ margin: 0 }}>{t('content.importHelp')}</p>
      <FileInput label={t('content.importFile')} placeholder={t('content.importChoose')} accept=".zip,application/zip" leftSection={<IconFileZip size={15} />} value={file} onChange={choose} clearable data-autofocus />
      {trial.isPending && <p className="dim" role="status">{t('content.importReading')}</p>}
      {error && <p role="alert" style={{ color: 'var(--h-critical)', margin: 0 }}>{refusal(error)}</p>}
      {trial.data && <ImportTable items={trial.data.items} />}
      {trial.data && trial.data.ignored.length > 0 && <p className="dim" style={{ margin: 0 }}>{t('content.importIgnored', { names: trial.data.ignored.slice(0, 10).join(', ') })}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>{t('action.cancel')}</Button>
        <Button disabled={!trial.data || useful(trial.data.items).length === 0} loading={real.isPending} onClick={() => void run()}>
          {t('content.importRun', { count: useful(trial.data?.items ?? []).length })}
        </Button>
      </div>
    </div>
  )
}

/** What an import would change. */
function useful(items: ImportItem[]): ImportItem[] {
  return items.filter((item) => item.state === 'new' || item.state === 'changed')
}

const STATE_CLASS = { new: 'badge badge-ok', changed: 'badge badge-warn', same: 'badge', error: 'badge badge-bad' }

function ImportTable({ items }: { items: ImportItem[] }) {
  const { t } = useTranslation()
  const words = useProblemText()
  if (items.length === 0) return <p className="dim">{t('content.importNothing')}</p>
  return (
    <div style={{ maxHeight: 320, overflow: 'auto' }}>
      <table className="small-table" aria-label={t('content.importWould')}>
        <thead><tr><th>{t('content.kind')}</th><th>{t('content.id')}</th><th>{t('content.importState')}</th></tr></thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.kind}-${item.id}`}>
              <td>{t(`object.${item.kind}`)}</td>
              <td className="mono">{item.id}</td>
              <td>
                <span className={STATE_CLASS[item.state]}>{t(`importState.${item.state}`)}</span>
                {item.errors.map((one, index) => <div key={index} className="dim">{words(one)}</div>)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** An error of the import with its line, where it has one. */
function useProblemText(): (error: Finding) => string {
  const { t } = useTranslation()
  const text = useText()
  return (error) => (error.line ? `${t('editor.place', { line: error.line, column: error.column ?? 1 })} ${text(error.message)}` : text(error.message))
}
