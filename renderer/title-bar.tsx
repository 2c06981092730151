import { ChevronDown, Minus, PanelBottom, PanelLeft, PanelRight, Search, Square, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Profile } from '../contract/profile'
import type { SessionFacts } from '../contract/session'
import { askShell } from './bridge'
import { EncryptionButton } from './profile/encryption-button'
import { throughWords } from './profile/sections/ssh-words'
import { ServerBadge } from './server-badge'
import { Button } from './ui/button'
import { Logo } from './ui/logo'
import { MenuButton, type MenuEntry } from './ui/menu'

/** The open profile as the title bar shows it. */
export interface OpenedProfile {
  readonly profile: Profile
  readonly facts: SessionFacts
}

/** Props of `TitleBar`. */
export interface TitleBarProps {
  readonly opened: OpenedProfile | null
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly entries: readonly MenuEntry[]
  readonly keysOf: (keys: string) => string
  readonly onPalette: () => void
  readonly onFold: (panel: 'explorer' | 'results' | 'migrations') => void
}

/** Profile, role@host/database, what TLS verified, and the environment's colour; the window is moved by it. */
export function TitleBar(props: TitleBarProps): ReactNode {
  const { opened, platform, entries, keysOf, onPalette, onFold } = props
  return (
    <header
      className={`titlebar ${platform === 'darwin' ? 'mac' : ''}`}
      {...(opened === null ? {} : { 'data-env': opened.profile.environment })}
    >
      <Logo />
      {opened === null ? <b>Strata</b> : <ProfileMenu opened={opened} entries={entries} />}
      <span className="grow drag" />
      <Button className="field quiet search" aria-label="Search / commands" onPress={onPalette}>
        <span>
          <Search className="i" aria-hidden />
          Search / commands
        </span>
        <kbd>{keysOf('Ctrl+Shift+P')}</kbd>
      </Button>
      {opened === null ? null : (
        <div className="toggles">
          <Button
            variant="bare"
            isIcon
            aria-label="Fold explorer"
            tip="Fold explorer"
            keys={keysOf('Ctrl+B')}
            onPress={() => onFold('explorer')}
          >
            <PanelLeft className="i i16" />
          </Button>
          <Button
            variant="bare"
            isIcon
            aria-label="Fold results"
            tip="Fold results"
            keys={keysOf('Ctrl+J')}
            onPress={() => onFold('results')}
          >
            <PanelBottom className="i i16" />
          </Button>
          <Button
            variant="bare"
            isIcon
            aria-label="Fold migrations"
            tip="Fold migrations"
            keys={keysOf('Ctrl+M')}
            onPress={() => onFold('migrations')}
          >
            <PanelRight className="i i16" />
          </Button>
        </div>
      )}
      {platform === 'darwin' ? null : <WindowControls />}
    </header>
  )
}

function ProfileMenu(props: { readonly opened: OpenedProfile; readonly entries: readonly MenuEntry[] }): ReactNode {
  const { profile, facts } = props.opened
  const isLocalSocket = profile.target.host.startsWith('/')
  const host = profile.kind === 'local' || isLocalSocket ? 'localhost' : profile.target.host
  const where = `${facts.role}@${host}/${facts.database}`
  return (
    <>
      <MenuButton
        variant="bare"
        className="profile"
        aria-label={`Profile ${profile.name}`}
        menuLabel="Profile"
        entries={props.entries}
      >
        <b title={profile.name}>{profile.name}</b>
        <span className="t2" title={where}>
          {where}
        </span>
        {profile.target.tunnel.length === 0 ? null : <span className="t2 small">{throughWords(profile.target)}</span>}
        <ChevronDown className="i i12" aria-hidden />
      </MenuButton>
      <EncryptionButton profile={profile} facts={facts} />
      <span className="chip" data-env={profile.environment}>
        {profile.environment}
      </span>
      {profile.settings.isReadOnly ? <span className="chip read-only">read-only</span> : null}
      <ServerBadge server={facts.server} />
    </>
  )
}

function WindowControls(): ReactNode {
  return (
    <div className="wc">
      <button
        type="button"
        tabIndex={-1}
        aria-label="Minimize window"
        onClick={() => void askShell('window.minimize', {})}
      >
        <Minus className="i" />
      </button>
      <button
        type="button"
        tabIndex={-1}
        aria-label="Maximize window"
        onClick={() => void askShell('window.toggleMaximize', {})}
      >
        <Square className="i" />
      </button>
      <button
        type="button"
        tabIndex={-1}
        aria-label="Close window"
        className="close"
        onClick={() => void askShell('window.close', {})}
      >
        <X className="i" />
      </button>
    </div>
  )
}
