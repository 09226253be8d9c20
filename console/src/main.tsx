import '@mantine/core/styles.css'
import './styles/tokens.css'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { startLanguages } from './i18n'

startLanguages()
const place = document.getElementById('root')
if (!place) throw new Error('index.html has no element with the id "root"')
createRoot(place).render(<App />)
