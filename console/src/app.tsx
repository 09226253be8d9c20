import { MantineProvider, useMantineColorScheme } from '@mantine/core'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError, whenSessionEnds } from './api/client'
import { sessionQuery } from './api/session'
import { NoticesProvider } from './components/Notices'
import { changeLanguage } from './i18n'
import { makeRouter } from './routes'
import { theme } from './theme'

/** What the server refused will be refused again; only silence is worth asking twice. */
const cache = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: false,
      staleTime: 5_000,
    },
  },
})
const router = makeRouter(cache)

whenSessionEnds(() => {
  if (cache.getQueryData(sessionQuery.queryKey)) cache.setQueryData(sessionQuery.queryKey, null)
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <NoticesProvider>
          <SessionKeeper />
          <RouterProvider router={router} />
        </NoticesProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}

/** Brings the person's language and theme to the page, and leads to the log-in when the session has ended. */
function SessionKeeper() {
  const { data: session } = useQuery({ ...sessionQuery, enabled: false })
  const { setColorScheme } = useMantineColorScheme()
  const language = session?.user.language
  const chosen = session?.user.theme
  useEffect(() => {
    if (language) changeLanguage(language)
  }, [language])
  useEffect(() => {
    if (chosen) setColorScheme(chosen === 'system' ? 'auto' : chosen)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the setter is new at every render
  }, [chosen])
  useEffect(() => {
    const { pathname, href } = router.state.location
    if (session === null && pathname !== '/login') void router.navigate({ to: '/login', search: { next: href } })
  }, [session])
  return null
}
