import { Link } from '@tanstack/react-router'
import type { Technique } from '../api/shapes'
import './severity.css'

/** Links to the local ATT&CK pages. `named` shows the name after the id; `most` limits a dense cell. */
export function Techniques({ techniques, named = false, most = 99 }: { techniques: Technique[]; named?: boolean; most?: number }) {
  const shown = techniques.slice(0, most)
  const hidden = techniques.slice(most)
  return (
    <span className="row tight wrap">
      {shown.map((technique) => (
        <Link
          key={technique.id}
          className="technique"
          to="/attack/techniques/$id"
          params={{ id: technique.id }}
          title={`${technique.id} ${technique.name}`}
          onClick={(event) => event.stopPropagation()}
        >
          {named ? `${technique.id} ${technique.name}` : technique.id}
        </Link>
      ))}
      {hidden.length > 0 && (
        <span className="dim num" title={hidden.map((one) => `${one.id} ${one.name}`).join('\n')}>
          +{hidden.length}
        </span>
      )}
    </span>
  )
}
