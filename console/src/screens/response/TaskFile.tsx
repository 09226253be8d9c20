import { Button, Modal } from '@mantine/core'
import { IconDownload, IconKey, IconPackageExport, IconShieldPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePatternChanges } from '../../api/patterns'
import { fileAddress, submissionAddress, submissionQuery, useTaskChanges } from '../../api/response'
import type { TaskDetail, TaskFile as File } from '../../api/responseShapes'
import { useMay } from '../../api/session'
import { Confirm } from '../../components/Confirm'
import { CopyIcon } from '../../components/FieldList'
import { Moment } from '../../components/Moment'
import { useOutcome } from '../../components/outcome'
import { baseName } from '../../components/response/wish'
import { Failed, Loading } from '../../components/States'
import { useText } from '../../i18n'

/** The file a task brought: to download, to open with its password, to send on, to make a pattern of. */
export function TaskFile({ task, file }: { task: TaskDetail; file: File }) {
  const { t } = useTranslation()
  const may = useMay('respond')
  const [sending, setSending] = useState(false)
  const name = typeof task.parameters.path === 'string' ? baseName(task.parameters.path) : file.name
  return (
    <div className="col">
      <div><strong className="mono">{name}</strong>{name !== file.name && <span className="dim mono"> ({file.name})</span>} <span className="dim num">{t('response.bytes', { count: file.sizeBytes })}</span>{file.expires && <span className="dim"> · {t('response.keptUntil')} <Moment at={file.expires} /></span>}</div>
      {may && (
        <div className="row wrap">
          <Button component="a" href={fileAddress(task.id)} download variant="default" leftSection={<IconDownload size={15} />}>{t('response.download')}</Button>
          <PasswordOnce task={task} file={file} />
          <Button variant="default" leftSection={<IconPackageExport size={15} />} onClick={() => setSending(true)}>{t('submission.open')}</Button>
          <AddPattern task={task} />
        </div>
      )}
      <p className="dim" style={{ margin: 0 }}>{t('response.fileHelp')}</p>
      <Modal opened={sending} onClose={() => setSending(false)} size="lg" title={<strong>{t('submission.title')}</strong>}>
        {sending && <Submission id={task.id} />}
      </Modal>
    </div>
  )
}

/** The password is shown once, and that it was shown is written down; so it is asked for. */
function PasswordOnce({ task, file }: { task: TaskDetail; file: File }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { password } = useTaskChanges()
  const [asking, setAsking] = useState(false)
  const shown = password.data?.password
  const before = typeof file.passwordShown === 'object' && file.passwordShown ? file.passwordShown : null
  if (shown) return <span className="row tight"><span className="once" data-testid="file-password">{shown}</span><CopyIcon text={shown} /></span>
  return (
    <>
      <Button variant="default" leftSection={<IconKey size={15} />} onClick={() => setAsking(true)} {...(before ? { title: t('response.passwordShownBy', { who: before.by }) } : {})}>{t('response.password')}</Button>
      <Confirm
        opened={asking}
        title={t('response.passwordTitle')}
        message={t('response.passwordMessage')}
        target={<span className="mono">{file.name}</span>}
        confirm={t('response.password')}
        busy={password.isPending}
        onConfirm={() => password.mutate(task.id, outcome('', { onEnd: () => setAsking(false) }))}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}

/** The hash of the collected file goes into the pattern set, so that a full scan finds it elsewhere. */
function AddPattern({ task }: { task: TaskDetail }) {
  const { t } = useTranslation()
  const outcome = useOutcome()
  const { add } = usePatternChanges()
  if (!task.result?.sha256) return null
  const run = () => add.mutate({ kind: 'hash', name: '', taskId: task.id }, outcome(t('patterns.added')))
  return <Button variant="default" leftSection={<IconShieldPlus size={15} />} loading={add.isPending} onClick={run}>{t('patterns.fromFile')}</Button>
}

/** The double zip and the words that go with it. */
function Submission({ id }: { id: string }) {
  const { t } = useTranslation()
  const text = useText()
  const found = useQuery(submissionQuery(id))
  if (found.isPending) return <Loading lines={6} />
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  const { outerPassword, subject } = found.data
  return (
    <div className="col">
      <p style={{ margin: 0 }}>{t('submission.help')}</p>
      <div className="row wrap">
        <Button component="a" href={submissionAddress(id)} download leftSection={<IconDownload size={15} />}>{t('submission.download')}</Button>
        <span>{t('submission.outer')}</span> <span className="once">{outerPassword ?? 'virus'}</span>
      </div>
      <h3 className="section-title" style={{ margin: '6px 0 0' }}>{t('submission.request')} <CopyIcon text={text(found.data.text)} /></h3>
      {subject && <strong>{text(subject)}</strong>}
      <pre className="output request-text" data-testid="request-text" tabIndex={0}>{text(found.data.text)}</pre>
    </div>
  )
}
