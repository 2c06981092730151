import { HardDrive, Import, Plug, X } from 'lucide-react'
import { type ReactNode, useEffect, useId } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { Logo } from '../ui/logo'
import { openImport } from './import/import-actions'
import type { OnOpen } from './opened'
import { newConnection, startLocalDatabase } from './profile-actions'
import { profileStore, tellProfiles } from './profile-store'
import { RecentProfiles } from './recent-profiles'
import './welcome.css'

/** The first screen: three ways in, and the profiles opened before. `onOpen` is told when one of them reached a session. */
export function Welcome(props: { readonly onOpen: OnOpen }): ReactNode {
  const opening = useStore(profileStore, (state) => state.opening)
  const notices = useStore(profileStore, (state) => state.notices)
  const isStarting = opening.type === 'opening' && opening.what === 'local'
  const startLocal = async () => {
    if (isStarting) return
    const opened = await startLocalDatabase()
    if (opened.ok) props.onOpen(opened.profile, opened.facts)
  }
  const isMac = useStore(profileStore, (state) => state.keeper?.platform === 'darwin')
  const keysOf = (key: string) => (isMac ? `⌘${key}` : `Ctrl+${key}`)
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      const isControl = isMac ? event.metaKey : event.ctrlKey
      if (!isControl || event.altKey || event.shiftKey) return
      // While a dialog or a menu is open the keys are its own.
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return
      const key = event.key.toLowerCase()
      if (key !== 'n' && key !== 'o') return
      event.preventDefault()
      if (key === 'n') newConnection()
      else openImport()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [isMac])
  return (
    <main className="welcome">
      <div className="wcol">
        <div className="brand">
          <Logo />
          <div>
            <h1>Strata</h1>
            <p className="t2">PostgreSQL: the editor and the migrations of your project in one window.</p>
          </div>
        </div>
        {notices.length === 0 ? null : <Notices notices={notices} />}
        <div className="ways">
          <Way
            icon={<HardDrive className="i" aria-hidden />}
            title="Start local database"
            text="A private PostgreSQL 18 on this computer, kept by Strata. Nothing to install."
            autoFocus
            onPress={() => void startLocal()}
          >
            {isStarting ? <span className="progress late-word">Starting PostgreSQL…</span> : <kbd>Enter</kbd>}
          </Way>
          <Way
            icon={<Plug className="i" aria-hidden />}
            title="New connection"
            text="Host, role and TLS, or paste a URL. Test it before it is saved."
            onPress={newConnection}
          >
            <kbd>{keysOf('N')}</kbd>
          </Way>
          <Way
            icon={<Import className="i" aria-hidden />}
            title="Import connection"
            text="From a URL, .env, Compose, yoyo.ini, DBeaver or pgAdmin. Shows what it found."
            onPress={openImport}
          >
            <kbd>{keysOf('O')}</kbd>
          </Way>
        </div>
        {opening.type === 'failed' && opening.what === 'local' ? (
          <FailureView
            failure={opening.failure}
            actions={
              <Button size="small" onPress={() => void startLocal()}>
                Retry
              </Button>
            }
          />
        ) : null}
        <RecentProfiles onOpen={props.onOpen} />
      </div>
    </main>
  )
}

/** One way in: a card that is one button, named by its title and described by its text. */
function Way(props: {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly autoFocus?: boolean
  readonly onPress: () => void
  readonly children: ReactNode
}): ReactNode {
  const id = useId()
  return (
    <AriaButton
      className="way"
      autoFocus={props.autoFocus ?? false}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onPress={props.onPress}
    >
      {props.icon}
      <b id={`${id}-title`}>{props.title}</b>
      <p id={`${id}-text`}>{props.text}</p>
      <span className="foot" role="status">
        {props.children}
      </span>
    </AriaButton>
  )
}

function Notices({ notices }: { readonly notices: readonly string[] }): ReactNode {
  return (
    <div className="notice" role="status">
      <div className="grow selectable">
        {notices.map((notice) => (
          <p key={notice}>{notice}</p>
        ))}
      </div>
      <Button
        variant="bare"
        size="small"
        isIcon
        aria-label="Dismiss"
        onPress={() => tellProfiles({ type: 'noticesRead' })}
      >
        <X className="i" />
      </Button>
    </div>
  )
}
