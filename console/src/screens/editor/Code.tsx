import { lazy, Suspense, type ComponentProps } from 'react'
import { Loading } from '../../components/States'

const CodeField = lazy(() => import('./CodeField'))

/** The code field; its program is fetched when it is first shown. */
export function Code(props: ComponentProps<typeof CodeField>) {
  return <Suspense fallback={<Loading lines={8} />}><CodeField {...props} /></Suspense>
}
