import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { attackStatusQuery, matrixQuery, type Matrix as Data } from '../../api/attack'
import { boundsOf } from '../../components/range'
import { SearchBox } from '../../components/SearchBox'
import { Empty, Failed, Loading } from '../../components/States'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { MatrixGrid } from './MatrixGrid'
import { Notice } from './Notice'
import { COLOURS, readView, SHOWS, shownColumns, writeView, type Colour, type Show, type View } from './view'
import './attack.css'

/** Tactics x techniques: what we have against each, and what was seen of it. */
export function Matrix() {
  const { t } = useTranslation()
  const [address, setAddress] = useAddress()
  const view = useMemo(() => readView(address), [address])
  const [now] = useState(() => Date.now())
  const change = (changes: Partial<View>) => setAddress(writeView({ ...view, ...changes }), true)
  const matrix = useQuery({ ...matrixQuery(boundsOf(view.range, now)), placeholderData: keepPreviousData })
  usePageTitle(t('attack.title'))
  return (
    <div className="page fixed">
      <div className="page-head">
        <h1>{t('attack.title')}</h1>
        <Version />
        <span className="grow" />
        <SearchBox value={view.search} placeholder={t('attack.find')} onApply={(search) => change({ search })} width={250} />
        <TimeRange range={view.range} onChange={(range) => change({ range })} />
      </div>
      {matrix.isPending ? <Loading lines={14} /> : matrix.isError ? <Failed error={matrix.error} onRetry={() => void matrix.refetch()} /> : <Body matrix={matrix.data} view={view} change={change} />}
    </div>
  )
}

function Version() {
  const { t } = useTranslation()
  const status = useQuery(attackStatusQuery).data
  if (!status) return null
  const told = status.imported ? t('attack.source_imported', { version: status.version, file: status.imported.file }) : t('attack.source_bundled', { version: status.version })
  return <span className="dim" title={t('attack.import')}>{told}{status.trouble && <strong role="alert"> {status.trouble}</strong>}</span>
}

function Body({ matrix, view, change }: { matrix: Data; view: View; change: (changes: Partial<View>) => void }) {
  const { t } = useTranslation()
  const columns = useMemo(() => shownColumns(matrix, view), [matrix, view])
  const choices = (names: readonly string[]) => names.map((value) => ({ value, label: t(`attack.${value}`) }))
  const none = columns.every((column) => column.techniques.length === 0)
  return (
    <>
      <div className="row wrap matrix-tools">
        <span className="dim">{t('attack.colour')}</span>
        <SegmentedControl size="xs" aria-label={t('attack.colour')} data={choices(COLOURS)} value={view.colour} onChange={(colour) => change({ colour: colour as Colour })} />
        <span className="dim">{t('attack.show')}</span>
        <SegmentedControl size="xs" aria-label={t('attack.show')} data={choices(SHOWS)} value={view.show} onChange={(show) => change({ show: show as Show })} />
        <Legend colour={view.colour} />
        <span className="grow" />
        <span className="dim num" data-testid="matrix-totals">{t('attack.totals', matrix.totals)}</span>
      </div>
      {none ? <Empty title={t('attack.empty')} /> : <MatrixGrid columns={columns} colour={view.colour} search={view.search} />}
      <p className="dim matrix-foot"><span>{t('attack.keys')}</span> <span>{t('attack.import')}</span> <Notice text={matrix.notice} /></p>
    </>
  )
}

function Legend({ colour }: { colour: Colour }) {
  const { t } = useTranslation()
  return (
    <ul className="bare row wrap matrix-legend" aria-label={t('attack.colour')}>
      {[0, 1, 2, ...(colour === 'detections' ? [3] : [])].map((level) => (
        <li key={level} className="row tight"><span className="matrix-swatch" data-colour={colour} data-level={level} aria-hidden />{t(`attack.legend.${colour}${level}`)}</li>
      ))}
    </ul>
  )
}
