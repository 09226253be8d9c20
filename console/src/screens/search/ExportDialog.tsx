import { Button, Modal, NumberInput, Progress, SegmentedControl } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { exportAddress, type ExportWish } from '../../api/search'
import { EXPORT_FORMATS, type ExportFormat } from '../../api/searchShapes'
import { useErrorText } from '../../components/States'
import { useSearch } from './context'
import { percentOf, useExport, type ExportState } from './exportJob'

const MOST_ROWS = 1_000_000

/** What the query finds, as a file. */
export function ExportButton() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" px={9} aria-label={t('search.export')} title={t('search.export')} onClick={() => setOpened(true)}><IconDownload size={16} /></Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={<strong>{t('search.export')}</strong>}>
        {opened && <ExportForm onClose={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

function ExportForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { view, question } = useSearch()
  const [format, setFormat] = useState<ExportFormat>('csv')
  const [whole, setWhole] = useState('shown')
  const [limit, setLimit] = useState(MOST_ROWS)
  const columns = ['eventTime', ...view.columns.filter((name) => name !== 'summary')]
  const { state, start, stop } = useExport()
  const wish: ExportWish = { question, columns: whole === 'shown' ? columns : [], format, limit }
  const running = state.step === 'running'
  return (
    <form
      className="col"
      onSubmit={(event) => {
        event.preventDefault()
        void start(wish)
      }}
    >
      <p className="mono export-query">{view.query || '*'}</p>
      <SegmentedControl size="xs" aria-label={t('search.format')} disabled={running} value={format} onChange={(value) => setFormat(value as ExportFormat)} data={EXPORT_FORMATS.map((one) => ({ value: one, label: t(`search.exportFormat.${one}`) }))} />
      <SegmentedControl size="xs" aria-label={t('search.exportFields')} disabled={running} value={whole} onChange={setWhole} data={[{ value: 'shown', label: t('search.shownColumns') }, { value: 'all', label: t('search.allFields') }]} />
      <NumberInput size="xs" label={t('search.mostRows')} min={1} max={MOST_ROWS} clampBehavior="strict" thousandSeparator value={limit} disabled={running} onChange={(value) => setLimit(Number(value) || MOST_ROWS)} />
      <Running state={state} />
      {!running && <p className="dim" style={{ margin: 0 }}>{t('search.exportHint')}</p>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {running ? <Button variant="default" onClick={stop}>{t('search.stopExport')}</Button> : <Button variant="default" onClick={onClose}>{t('action.close')}</Button>}
        {!running && <Button component="a" variant="default" href={exportAddress(wish)} download>{t('search.exportByBrowser')}</Button>}
        <Button type="submit" loading={running} leftSection={<IconDownload size={14} />}>{t('search.startExport')}</Button>
      </div>
    </form>
  )
}

function Running({ state }: { state: ExportState }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  if (state.step === 'ready') return null
  if (state.step === 'failed') return <p role="alert" className="bad">{errorText(state.error)}</p>
  if (state.step === 'stopped') return <p role="status">{t('search.exportStopped')}</p>
  const size = `${(state.bytes / 1_048_576).toFixed(1)} MB`
  if (state.step === 'done') return <p role="status" data-testid="export-done">{t('search.exportDone', { rows: state.total?.toLocaleString() ?? '?', size })}</p>
  const percent = percentOf(state)
  return (
    <div role="status" className="col" style={{ gap: 4 }}>
      <Progress value={percent ?? 100} animated={percent === null} striped={percent === null} aria-label={t('search.export')} />
      <span className="num dim">{t('search.exportRunning', { rows: state.rows > 0 ? state.rows.toLocaleString() : '…', total: state.total?.toLocaleString() ?? '?', size })}</span>
    </div>
  )
}
