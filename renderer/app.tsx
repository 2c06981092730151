import { type ReactNode, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { SETTINGS_DEFAULTS } from '../contract/profile-defaults'
import { followEngine } from './app-actions'
import { appCommands, appDestinations } from './app-commands'
import { beforeConnect, connectionDestinations, connectionEntries, enterOpened } from './app-connections'
import { Desk, foldPanel } from './app-desk'
import { listenToKeys } from './app-keys'
import { guardWindow } from './app-leaving'
import { forgetClosedFindings } from './app-lint'
import { AppOverlay } from './app-overlays'
import { appStore, type OpenProfile, type PaletteMode, showOverlay } from './app-store'
import { ServerWaiting } from './app-waiting'
import { explorerStore } from './catalog/explorer-store'
import { shownKeys } from './command'
import { Palette } from './palette'
import { followProfiles } from './profile/profile-actions'
import { ProfileDialogs } from './profile/profile-dialogs'
import { profileStore } from './profile/profile-store'
import { placeOf } from './profile/profile-words'
import { askForSessionSecret } from './profile/secret-actions'
import { Welcome } from './profile/welcome'
import { queryStore } from './query/query-store'
import { askSecretsWith } from './query/run-query'
import { StatusBar } from './status-bar'
import { TitleBar } from './title-bar'
import { PlaceContext } from './ui/place'
import { WorkspaceDialogs } from './workspace/workspace-dialogs'
import { workspaceStore } from './workspace/workspace-store'

/** What the shell says of itself. */
export interface AppFacts {
  readonly version: string
  readonly platform: 'linux' | 'darwin' | 'win32'
}

/** The window: title bar, the open profile's desk or the welcome screen, status bar, and what lies over them. */
export function App({ facts }: { readonly facts: AppFacts }): ReactNode {
  const { opened, overlay } = useStore(appStore)
  const isMac = facts.platform === 'darwin'
  useEffect(() => followEngine(), [])
  useEffect(() => guardWindow(), [])
  useEffect(() => forgetClosedFindings(), [])
  useEffect(() => followProfiles(), [])
  useEffect(() => askSecretsWith(askForSessionSecret), [])
  useEffect(() => listenToKeys(isMac), [isMac])
  useStore(profileStore, (state) => state.list)
  return (
    <PlaceContext value={opened === null ? null : placeOf(opened.profile)}>
      <div className="win">
        <TitleBar
          opened={opened}
          platform={facts.platform}
          keysOf={(keys) => shownKeys(keys, isMac)}
          entries={connectionEntries((keys) => shownKeys(keys, isMac))}
          onPalette={() => showOverlay({ kind: 'palette', mode: 'commands' })}
          onFold={foldPanel}
        />
        {opened === null ? <Welcome onOpen={enterOpened} /> : <Desk key={opened.profile.id} opened={opened} />}
        <BottomBar opened={opened} version={facts.version} />
        <ProfileDialogs onOpen={enterOpened} openId={opened?.profile.id ?? null} beforeConnect={beforeConnect} />
        <WorkspaceDialogs />
        <AppOverlay overlay={overlay} />
        <ServerWaiting />
        {overlay.kind === 'palette' ? <OpenPalette mode={overlay.mode} opened={opened} isMac={isMac} /> : null}
      </div>
    </PlaceContext>
  )
}

function OpenPalette(props: {
  readonly mode: PaletteMode
  readonly opened: OpenProfile | null
  readonly isMac: boolean
}): ReactNode {
  const { mode, opened, isMac } = props
  // Read once: what the palette lists does not move under the pointer while it is open.
  const [commands] = useState(appCommands)
  const [destinations] = useState(() => {
    const catalog = opened === null ? null : explorerStore(opened.profile.id).getState().catalog
    return [...connectionDestinations(), ...appDestinations(catalog?.type === 'loaded' ? catalog.index : null)]
  })
  return (
    <Palette
      mode={mode}
      commands={commands}
      destinations={destinations}
      isMac={isMac}
      onClose={() => showOverlay({ kind: 'none' })}
    />
  )
}

function BottomBar(props: { readonly opened: OpenProfile | null; readonly version: string }): ReactNode {
  const active = useStore(workspaceStore, ({ situation }) => (situation.kind === 'open' ? situation.activeTabId : null))
  const query = useStore(queryStore, ({ queries, fresh }) => (active === null ? null : (queries.get(active) ?? fresh)))
  const { opened, version } = props
  const settings = opened?.profile.settings ?? SETTINGS_DEFAULTS
  return <StatusBar facts={opened?.facts ?? null} query={query} settings={settings} version={version} />
}
