import { ActionIcon } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Moment } from './Moment'
import { copyText, ObjectValue, type MenuObject } from './ObjectMenu'
import { useNotice } from './Notices'
import './objects.css'

export type NamedValue = { field: string; type?: string | undefined; value: unknown; decoded?: string | null | undefined; /** What else is known of the value. */ more?: ReactNode }

// Which kind of object a field of the vocabulary holds; the first pattern that fits decides.
const TYPES: [RegExp, MenuObject['type']][] = [
  [/^(endpointHostName|eventDataWorkstationName)$/, 'host'],
  [/(Sha1|Sha256|Md5|Imphash)$/, 'hash'],
  [/(User|UserName|UserSid|TargetSid|MemberName)$/, 'account'],
  [/(Cmd|ScriptBlockText)$/, 'command'],
  [/^(processFilePath|parentFilePath|processName|parentName)$/, 'process'],
  [/(FilePath|FileName|WorkingDirectory)$/, 'file'],
  [/Registry/, 'registry'],
  [/^(src|dst|objectIps?|endpointIp|eventDataIpAddress)$/, 'address'],
  [/^(hostName|request)$/, 'domain'],
  [/Pipe/, 'pipe'],
  [/Service(Name)?$/, 'service'],
]

export function typeOfField(field: string): MenuObject['type'] {
  return TYPES.find(([pattern]) => pattern.test(field))?.[1] ?? 'value'
}

/** A value as text: lists with commas, objects as JSON, nothing as an empty text. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What a field holds, value by value: each of a list has a menu of its own. */
export function partsOf(value: unknown): string[] {
  return Array.isArray(value) && value.length > 0 ? [...new Set(value.map(valueText))] : [valueText(value)]
}

/** Field names and values; each value copies, opens the context menu, and shows its decoded form beside it. */
export function FieldList({ fields }: { fields: NamedValue[] }) {
  return (
    <dl className="field-list">
      {fields.map((item) => (
        <Field key={item.field} item={item} />
      ))}
    </dl>
  )
}

function Field({ item }: { item: NamedValue }) {
  const text = valueText(item.value)
  return (
    <>
      <dt>{item.field}</dt>
      <dd>
        <span className="grow">
          {partsOf(item.value).map((one, index) => <Fragment key={one}>{index > 0 && ', '}<ObjectValue object={{ type: typeOfField(item.field), field: item.field, value: one }} /></Fragment>)}
          {/(Time|Date)$/.test(item.field) && typeof item.value === 'number' && <span className="dim"> <Moment at={item.value} /></span>}
          <Decoded text={item.decoded} />
          {item.more}
        </span>
        <CopyIcon text={text} />
      </dd>
    </>
  )
}

export function Decoded({ text }: { text: string | null | undefined }) {
  const { t } = useTranslation()
  if (!text) return null
  return (
    <span className="decoded">
      <span className="decoded-label">{t('field.decoded')}</span>
      {text}
    </span>
  )
}

export function CopyIcon({ text }: { text: string }) {
  const { t } = useTranslation()
  const notice = useNotice()
  return (
    <ActionIcon
      className="field-tool no-print"
      size={18}
      aria-label={t('menu.copy')}
      onClick={() => void copyText(text).then(() => notice.tell(t('menu.copied')))}
    >
      <IconCopy size={13} />
    </ActionIcon>
  )
}
