import { Input, SegmentedControl, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MOUNT_CHOICES, problemOf, type MountsDraft } from './policy'

type Props = { draft: MountsDraft; onChange: (next: MountsDraft) => void; may: boolean }

/** Where a program's start is held against the file hashes of the block list: `block_mounts` of the policy. */
export function BlockMounts({ draft, onChange, may }: Props) {
  const { t } = useTranslation()
  const wrong = problemOf(draft)
  const said = wrong && t(`sensorPolicy.mounts.wrong.${wrong.problem}`, { line: wrong.line })
  return (
    <>
      <Input.Wrapper label={t('sensorPolicy.mounts.label')} description={t(`sensorPolicy.mounts.help.${draft.choice}`)}>
        <div style={{ marginTop: 4 }}>
          <SegmentedControl aria-label={t('sensorPolicy.mounts.label')} size="xs" value={draft.choice} readOnly={!may} data={MOUNT_CHOICES.map((value) => ({ value, label: t(`sensorPolicy.mounts.choice.${value}`) }))} onChange={(choice) => onChange({ ...draft, choice: choice as MountsDraft['choice'] })} />
        </div>
      </Input.Wrapper>
      {draft.choice === 'own' && <Textarea className="policy-text" label={t('sensorPolicy.mounts.points')} description={t('sensorPolicy.mounts.pointsHelp')} error={said} autosize minRows={2} maxRows={12} readOnly={!may} value={draft.text} onChange={(event) => onChange({ ...draft, text: event.currentTarget.value })} spellCheck={false} />}
    </>
  )
}
