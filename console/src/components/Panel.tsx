import type { ReactNode } from 'react'

/** A part of a page under a head of its own. */
export function Panel({ title, children, tools, plain = false }: { title: string; children: ReactNode; tools?: ReactNode; /** The content brings its own margin. */ plain?: boolean }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2 className="grow">{title}</h2>{tools}</div>
      {plain ? children : <div className="panel-body">{children}</div>}
    </section>
  )
}
