import type { ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import type { Highlight } from '../api/shapes'
import { useText } from '../i18n'
import { FieldList } from './FieldList'
import { Moment } from './Moment'
import { ObjectScope } from './ObjectMenu'
import { Severity } from './Severity'
import { Techniques } from './Techniques'

type Props = { highlight: Highlight; alertId: string; lit?: boolean; onLight?: () => void; tools?: ReactNode }

/** One activity of the evidence: the filter that fired as title, its techniques, and the fields that decide. */
export function HighlightCard({ highlight, alertId, lit = false, onLight, tools }: Props) {
  const text = useText()
  const title = text(highlight.title)
  return (
    <ObjectScope alertId={alertId} uuid={highlight.uuid} filterId={highlight.filterId} endpoint={{ name: highlight.endpointName }}>
      <article className="highlight-card" data-lit={lit} data-uuid={highlight.uuid}>
        <header>
          <div className="row" style={{ alignItems: 'flex-start' }}>
            <h3 className="grow">
              {onLight ? (
                <button type="button" className="plain" aria-pressed={lit} onClick={onLight}>
                  {title}
                </button>
              ) : (
                <Link to="/filters/$id" params={{ id: highlight.filterId }}>{title}</Link>
              )}
            </h3>
            <Severity level={highlight.risk} plain />
            {tools}
          </div>
          <div className="meta">
            <Moment at={highlight.eventDateTime} />
            <Techniques techniques={highlight.techniques} named />
          </div>
        </header>
        <div className="body">
          <FieldList fields={highlight.fields} />
        </div>
      </article>
    </ObjectScope>
  )
}
