import { Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useText } from '../../i18n'
import type { ParameterShape, ResponseAction } from '../../api/responseShapes'
import { scriptsQuery } from '../../api/scripts'

type Values = Record<string, unknown>
type Props = { action: ResponseAction; values: Values; given: Values; onChange: (values: Values) => void }

/** Everything that must be said has been said. */
export function isComplete(shapes: ParameterShape[], values: Values): boolean {
  return shapes.every((shape) => !shape.required || (values[shape.name] !== undefined && values[shape.name] !== ''))
}

/** One field for each parameter of the action; what need not be said waits below. */
export function ParameterFields({ action, values, given, onChange }: Props) {
  const { t } = useTranslation()
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = values
    onChange(value === '' || value === undefined || value === null ? rest : { ...rest, [name]: value })
  }
  const isScript = action.name === 'run_script'
  const field = (shape: ParameterShape) => <ParameterField key={shape.name} shape={isScript && shape.name === 'name' ? { ...shape, type: 'script' } : shape} value={values[shape.name]} onChange={(value) => set(shape.name, value)} />
  // A script of the library says itself which language it is in.
  const shapes = action.parameters.filter((shape) => !(isScript && shape.name === 'kind'))
  const first = shapes.filter((shape) => shape.required || values[shape.name] !== undefined || given[shape.name] !== undefined)
  const more = shapes.filter((shape) => !first.includes(shape))
  return (
    <>
      {first.map(field)}
      {more.length > 0 && first.length === 0 && more.length <= 2 && more.map(field)}
      {more.length > 0 && !(first.length === 0 && more.length <= 2) && (
        <details className="more-fields">
          <summary>{t('respond.more')}</summary>
          <div className="col">{more.map(field)}</div>
        </details>
      )}
    </>
  )
}

type FieldProps = { shape: ParameterShape; value: unknown; onChange: (value: unknown) => void }

function ParameterField({ shape, value, onChange }: FieldProps) {
  const label = useText()(shape.label) || shape.name
  const text = value === undefined || value === null ? '' : String(value)
  const both = { label, required: shape.required }
  if (shape.type === 'script') return <ScriptField {...both} value={text} onChange={onChange} />
  if (shape.choices && shape.choices.length > 0) return <Choice {...both} name={shape.name} choices={shape.choices} value={text} onChange={onChange} />
  if (shape.name === 'expires_ms') return <TextInput type="date" {...both} value={dayOf(value)} onChange={(event) => onChange(endOf(event.currentTarget.value))} />
  if (shape.type === 'flag') return <Checkbox label={label} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
  if (shape.type === 'number') return <NumberInput size="xs" {...both} value={text === '' ? '' : Number(text)} min={0} hideControls onChange={(next) => onChange(next === '' ? undefined : Number(next))} />
  if (shape.type === 'list') return <ListField {...both} value={value} onChange={onChange} />
  if (shape.type === 'long_text') return <Textarea className="mono-input" {...both} value={text} onChange={(event) => onChange(event.currentTarget.value)} autosize minRows={3} maxRows={12} spellCheck={false} />
  return <TextInput className="mono-input" {...both} value={text} onChange={(event) => onChange(event.currentTarget.value)} spellCheck={false} />
}

/** Several texts, one a line: what has been typed counts at once. */
function ListField({ value, onChange, ...both }: { label: string; required: boolean; value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => (Array.isArray(value) ? value.join('\n') : ''))
  const change = (next: string) => {
    setText(next)
    const lines = next.split('\n').map((line) => line.trim()).filter((line) => line !== '')
    onChange(lines.length > 0 ? lines : undefined)
  }
  return <Textarea className="mono-input" {...both} description={t('respond.onePerLine')} value={text} onChange={(event) => change(event.currentTarget.value)} autosize minRows={1} maxRows={8} spellCheck={false} />
}

/** A moment as the day it falls on here, and a day as its last moment. */
const dayOf = (ms: unknown) => (typeof ms === 'number' ? new Date(ms).toLocaleDateString('sv-SE') : '')
const endOf = (day: string) => (day ? Date.parse(`${day}T23:59:59.999`) : undefined)

type ChoiceProps = { label: string; required: boolean; name: string; choices: string[]; value: string; onChange: (value: unknown) => void }

function Choice({ name, choices, value, onChange, ...both }: ChoiceProps) {
  const { t } = useTranslation()
  return <Select {...both} data={choices.map((one) => ({ value: one, label: t(`choice.${name}.${one}`, one) }))} value={value || null} onChange={onChange} />
}

function ScriptField({ value, onChange, ...both }: { label: string; required: boolean; value: string; onChange: (value: unknown) => void }) {
  const scripts = useQuery(scriptsQuery)
  return <Select {...both} searchable data={(scripts.data?.items ?? []).map((one) => ({ value: one.name, label: one.description ? `${one.name} – ${one.description}` : one.name }))} value={value || null} onChange={onChange} />
}
