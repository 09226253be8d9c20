import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, Loading } from '../../components/States'
import { useSearch } from './context'
import { problemOf } from './useProblem'

const EXAMPLES = ['objectCmd: *reg*save*', 'processFilePath: powershell.exe AND dpt: 443', 'eventId: process AND NOT objectUser: SYSTEM', 'winEventId: 4625']

export const Waiting = () => <Loading lines={12} />

/** A query that could not be read, with examples; else whatever went wrong, and another try. */
export function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  const problem = problemOf(error)
  if (!problem) return <Failed error={error} onRetry={onRetry} />
  return (
    <Empty title={t('search.bad')}>
      <p className="mono">{problem.message}</p>
      <Examples />
    </Empty>
  )
}

/** Nothing found: the ways to wider questions. */
export function NotFoundHere() {
  const { t } = useTranslation()
  const { view, change } = useSearch()
  const narrow = !('preset' in view.range) || view.range.preset !== 'all'
  return (
    <Empty title={t('search.empty')}>
      <p>{t('search.emptyHelp')}</p>
      <div className="row">
        {narrow && <Button onClick={() => change({ range: { preset: 'all' } }, true)}>{t('detections.showAllTime')}</Button>}
        {view.dataset !== 'all' && <Button variant="default" onClick={() => change({ dataset: 'all' }, true)}>{t('search.allDatasets')}</Button>}
      </div>
      <Examples />
    </Empty>
  )
}

function Examples() {
  const { t } = useTranslation()
  const { run } = useSearch()
  return (
    <div className="col" style={{ marginTop: 12 }}>
      <span>{t('search.examples')}</span>
      {EXAMPLES.map((example) => (
        <button key={example} type="button" className="plain link mono" onClick={() => run(example)}>{example}</button>
      ))}
      <Link to="/detections">{t('search.orDetections')}</Link>
    </div>
  )
}
