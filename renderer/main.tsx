import './ui/tokens.css'
import './ui/base.css'
import './ui/controls.css'
import './ui/window.css'
import './ui/tree.css'
import './ui/tabs.css'
import './ui/failure.css'
import './ui/overlays.css'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { restoreProfile } from './app-actions'
import { askShell, connectEngine } from './bridge'

/** Asks the shell who it is, then shows the window. */
async function start(): Promise<void> {
  connectEngine()
  const facts = await askShell('app.facts', {})
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no root')
  // A reloaded window goes on where it was, without showing the welcome screen in between.
  if (facts.ok && !facts.value.isFirstPage) await restoreProfile()
  createRoot(root).render(<App facts={facts.ok ? facts.value : { version: '', platform: 'linux' }} />)
}

void start()
