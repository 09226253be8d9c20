import { Button, SegmentedControl } from '@mantine/core'
import { IconColumns3, IconRefresh } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DATASETS, type Dataset } from '../../api/searchShapes'
import { FilterChip } from '../../components/Chips'
import { ObjectScope, type MenuObject } from '../../components/ObjectMenu'
import { TimeRange } from '../../components/TimeRange'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { SavedMenu } from '../hunts/SavedMenu'
import { Activities } from './Activities'
import { SearchContext, useSearch, type SearchHands } from './context'
import { CountOnly } from './CountOnly'
import { ExportButton } from './ExportDialog'
import { FieldPick } from './FieldPick'
import { HistoryMenu } from './HistoryMenu'
import { OverTime } from './OverTime'
import { QueryLine } from './QueryLine'
import { ShareMenu } from './ShareMenu'
import { Stack } from './Stack'
import { defaultColumns, MODES, MOST_COLUMNS, narrowed, ofDataset, questionOf, readView, termOf, writeView, type Mode } from './view'
import '../models/models.css'
import './search.css'

/** Search over everything the lake holds: rows, stacks or a mere count. */
export function Search() {
  const { t } = useTranslation()
  const hands = useHands()
  const { view, narrow } = hands
  usePageTitle(view.query ? `${view.query.slice(0, 60)} · ${t('nav.search')}` : t('nav.search'))
  const filterIn = useCallback((object: MenuObject) => narrow(object.field, object.value), [narrow])
  const filterOut = useCallback((object: MenuObject) => narrow(object.field, object.value, true), [narrow])
  return (
    <SearchContext.Provider value={hands}>
      <ObjectScope onFilterIn={filterIn} onFilterOut={filterOut}>
        <div className="page fixed search-page">
          <h1 className="visually-hidden">{t('nav.search')}</h1>
          <div className="row search-first">
            <QueryLine question={hands.question} onRun={hands.run} />
            <HistoryMenu />
            <SavedMenu />
          </div>
          <Tools />
          <OverTime />
          {view.mode === 'list' && <Activities />}
          {view.mode === 'stack' && <Stack />}
          {view.mode === 'count' && <CountOnly />}
        </div>
      </ObjectScope>
    </SearchContext.Provider>
  )
}

/** The view lives in the address; "now" is when it was last asked, so that the parts of the page ask for the same span. */
function useHands(): SearchHands {
  const [address, setAddress] = useAddress()
  const [now, setNow] = useState(() => Date.now())
  return useMemo(() => {
    const view = readView(address)
    const change: SearchHands['change'] = (changes, push) => setAddress(writeView({ ...view, ...changes }), push)
    const run = (query: string) => {
      setNow(Date.now())
      change({ query, cursor: '' }, true)
    }
    const narrow: SearchHands['narrow'] = (field, value, without) => run(narrowed(view.query, termOf(field, value, without)))
    return { view, question: questionOf(view, now), change, run, narrow, refresh: () => setNow(Date.now()) }
  }, [address, setAddress, now])
}

/** The data set, the time, the way to look at it, and what can be done with all of it. */
function Tools() {
  const { t } = useTranslation()
  const { view, change, refresh } = useSearch()
  return (
    <div className="row wrap">
      <FilterChip name={t('search.dataset')} none="" chosen={[view.dataset]} changed={view.dataset !== 'all'} options={DATASETS.map((value) => ({ value, label: t(`dataset.${value}`) }))} onChoose={([dataset]) => change(ofDataset(dataset as Dataset), true)} />
      <TimeRange range={view.range} onChange={(range) => change({ range, cursor: '' }, true)} />
      <Button variant="default" px={8} aria-label={t('action.refresh')} title={t('action.refresh')} onClick={refresh}><IconRefresh size={15} /></Button>
      <span className="grow" />
      <SegmentedControl size="xs" aria-label={t('search.modeLabel')} value={view.mode} onChange={(mode) => change({ mode: mode as Mode, cursor: '' }, true)} data={MODES.map((value) => ({ value, label: t(`search.mode.${value}`) }))} />
      {view.mode === 'list' && <FieldPick label={t('search.columns')} button={<IconColumns3 size={15} />} extra={['summary']} chosen={view.columns} most={MOST_COLUMNS} standard={defaultColumns(view.dataset)} onChange={(columns) => columns.length > 0 && change({ columns })} />}
      <ShareMenu />
      <ExportButton />
    </div>
  )
}
