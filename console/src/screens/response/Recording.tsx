import { Button, Slider } from '@mantine/core'
import { IconDownload, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRecording, recordingAddress } from '../../api/shells'
import { Failed, Loading } from '../../components/States'
import { playTimes, readCast, type Cast } from './asciicast'
import type { Screen } from './Terminal'

const Terminal = lazy(() => import('./Terminal'))

/** What was typed and seen in a remote shell, played again. */
export function Recording({ id }: { id: string }) {
  const found = useQuery({ queryKey: ['shells', id, 'recording'], queryFn: ({ signal }) => readRecording(id, signal), staleTime: 30_000 })
  const cast = useMemo(() => (found.data === undefined ? null : readCast(found.data)), [found.data])
  if (found.isPending) return <Loading lines={4} />
  if (found.isError || !cast) return <Failed error={found.error} onRetry={() => void found.refetch()} />
  return <Player id={id} cast={cast} />
}

function Player({ id, cast }: { id: string; cast: Cast }) {
  const { t } = useTranslation()
  const screen = useRef<Screen | null>(null)
  const times = useMemo(() => playTimes(cast.events), [cast])
  const [at, setAt] = useState(cast.events.length)
  const [playing, setPlaying] = useState(false)
  const shown = useRef(0)
  const draw = (to: number) => {
    const { current } = screen
    if (!current) return
    if (to < shown.current) {
      current.reset()
      shown.current = 0
    }
    for (const event of cast.events.slice(shown.current, to)) if (event.kind === 'o') current.write(event.data)
    shown.current = to
  }
  useEffect(() => draw(at)) // the terminal comes later than the first drawing
  useEffect(() => {
    if (!playing) return
    if (at >= cast.events.length) return setPlaying(false)
    const timer = setTimeout(() => setAt(at + 1), Math.max(0, ((times[at] ?? 0) - (times[at - 1] ?? 0)) * 1000))
    return () => clearTimeout(timer)
  }, [playing, at, times, cast])
  const toggle = () => {
    if (!playing && at >= cast.events.length) setAt(0)
    setPlaying(!playing)
  }
  return (
    <div className="col" data-testid="recording">
      <Suspense fallback={<Loading lines={6} />}><Terminal label={t('shell.recording')} columns={cast.width} rows={cast.height} onReady={(ready) => { screen.current = ready; shown.current = 0; draw(at) }} /></Suspense>
      <div className="row">
        <Button variant="default" leftSection={playing ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />} onClick={toggle}>{t(playing ? 'shell.pause' : 'shell.play')}</Button>
        <Slider className="grow" size="sm" min={0} max={cast.events.length} value={at} onChange={(next) => { setPlaying(false); setAt(next) }} label={null} thumbLabel={t('shell.position')} />
        <span className="dim num">{t('span.seconds', { n: Math.round(cast.seconds) })}</span>
        <Button component="a" href={recordingAddress(id)} download variant="default" leftSection={<IconDownload size={15} />}>{t('shell.save')}</Button>
      </div>
    </div>
  )
}
