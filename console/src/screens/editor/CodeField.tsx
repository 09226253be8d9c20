import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, Prec, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tagHighlighter, tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import './code.css'
import type { Options } from './completion'
import type { Mark } from './marks'

export type Complete = (lines: string[], line: number, column: number) => Options | null
export type CodeHandle = { goTo: (line: number, column: number) => void }

type Props = {
  value: string
  onChange?: ((text: string) => void) | undefined
  language: 'yaml' | 'query'
  label: string
  hint?: string | undefined
  marks?: (Mark & { message: string })[] | undefined
  complete?: Complete | undefined
  /** Keys that the page answers also while the cursor stands in the text. */
  onSave?: (() => void) | undefined
  onPreview?: (() => void) | undefined
  handle?: React.RefObject<CodeHandle | null> | undefined
  autoFocus?: boolean
}

/** A text with line numbers, colours, completion and marks. Without `onChange` it can only be read. */
export default function CodeField(props: Props) {
  const holder = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    const made = new EditorView({ state: EditorState.create({ doc: latest.current.value, extensions: extensionsOf(latest) }), parent: holder.current as HTMLDivElement })
    view.current = made
    if (latest.current.handle) latest.current.handle.current = { goTo: (line, column) => goTo(made, line, column) }
    if (latest.current.autoFocus) made.focus()
    return () => made.destroy()
  }, [])
  useEffect(() => {
    const now = view.current
    if (now && now.state.doc.toString() !== props.value) now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: props.value } })
  }, [props.value])
  useEffect(() => {
    const now = view.current
    if (!now) return
    const end = now.state.doc.length
    const diagnostics = (props.marks ?? []).map(({ from, to, severity, message }) => ({ from: Math.min(from, end), to: Math.min(to, end), severity, message }))
    now.dispatch(setDiagnostics(now.state, diagnostics))
  }, [props.marks])
  useEffect(() => {
    view.current?.dispatch({ effects: named.reconfigure(namesOf(props)) })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is shown outside the text
  }, [props.label, props.hint])
  return <div className="code grow" ref={holder} data-language={props.language} />
}

function goTo(view: EditorView, line: number, column: number): void {
  const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
  const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to)
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
  view.focus()
}

const named = new Compartment()
const namesOf = ({ label, hint }: Props): Extension => [EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }), hint ? placeholder(hint) : []]

function extensionsOf(latest: React.RefObject<Props>): Extension[] {
  const { language, onChange } = latest.current
  const writable = onChange !== undefined
  return [
    orders(latest),
    lineNumbers(), highlightSpecialChars(), history(), drawSelection(), bracketMatching(), closeBrackets(), highlightSelectionMatches(),
    writable ? [highlightActiveLine(), highlightActiveLineGutter(), lintGutter()] : [EditorState.readOnly.of(true)],
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    EditorView.lineWrapping,
    language === 'yaml' ? yaml() : queryLanguage,
    syntaxHighlighting(colours),
    autocompletion({ override: [(context) => completionAt(latest, context)], icons: false }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, ...(language === 'yaml' ? [indentWithTab] : [])]),
    named.of(namesOf(latest.current)),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
    }),
  ]
}

/** The page's own keys go before those of the text. */
function orders(latest: React.RefObject<Props>): Extension {
  const order = (name: 'onSave' | 'onPreview') => () => {
    latest.current[name]?.()
    return latest.current[name] !== undefined
  }
  return Prec.highest(keymap.of([{ key: 'Mod-s', run: order('onSave'), preventDefault: true }, { key: 'Mod-Enter', run: order('onPreview') }]))
}

function completionAt(latest: React.RefObject<Props>, context: CompletionContext): CompletionResult | null {
  const { complete } = latest.current
  if (!complete) return null
  const line = context.state.doc.lineAt(context.pos)
  const column = context.pos - line.from
  const found = complete(context.state.doc.toString().split('\n'), line.number - 1, column)
  if (!found || (!context.explicit && column === found.from)) return null
  return { from: line.from + found.from, options: found.options, validFor: /^[\w.-]*$/ }
}

const colours = tagHighlighter([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: 'tok-key' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tok-text' },
  { tag: [tags.number, tags.bool, tags.null], class: 'tok-number' },
  { tag: tags.comment, class: 'tok-comment' },
  { tag: tags.keyword, class: 'tok-word' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], class: 'tok-mark' },
])

/** Enough of the Search language to colour it. */
const queryLanguage = StreamLanguage.define<null>({
  name: 'query',
  startState: () => null,
  token: (stream) => {
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string'
    if (stream.match(/^(?:and|or|not)\b/i)) return 'keyword'
    if (stream.match(/^\w+(?=\s*(?::|[<>]=?))/)) return 'propertyName'
    if (stream.match(/^\d[\w.:-]*/)) return 'number'
    stream.next()
    return null
  },
})
