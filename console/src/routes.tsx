import { createRootRouteWithContext, createRoute, createRouter, redirect, type RouterHistory } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { sessionQuery } from './api/session'
import { readAddress, writeAddress, type Address } from './frame/address'
import { Frame } from './frame/Frame'
import { Broken, NotFound } from './frame/Trouble'
import { Login } from './screens/login/Login'
import { Workbench } from './screens/workbench/Workbench'

const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>) => search as Address,
  notFoundComponent: NotFound,
})

const login = createRoute({ getParentRoute: () => root, path: '/login', component: Login })

/** Everything but the log-in needs a session; whoever has none comes back here after logging in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    const session = await context.cache.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
  },
})

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/workbench', search: {} })
  },
})
const workbench = createRoute({ getParentRoute: () => frame, path: '/workbench', component: Workbench })

const tree = root.addChildren([login, frame.addChildren([home, workbench])])

export function makeRouter(cache: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { cache },
    parseSearch: readAddress,
    stringifySearch: writeAddress,
    defaultErrorComponent: Broken,
    defaultPreload: false,
    scrollRestoration: false,
    ...(history ? { history } : {}),
  })
}
