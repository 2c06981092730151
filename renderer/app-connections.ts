import type { Profile, ProfileId } from '../contract/profile'
import type { SessionFacts } from '../contract/session'
import { enterProfile, leaveProfile } from './app-actions'
import { askToLeave } from './app-leaving'
import { appStore, showOverlay } from './app-store'
import type { Command, Destination } from './command'
import { copyProfileUrl, duplicateProfile, editProfile, newConnection, openProfile } from './profile/profile-actions'
import { profileStore } from './profile/profile-store'
import { placeOf } from './profile/profile-words'
import type { MenuEntry } from './ui/menu'

/** Connections that the title bar's menu names; the palette finds all of them. */
const NAMED = 8

/** Puts the desk of a profile that reached a session into the window, in place of the open one. */
export function enterOpened(profile: Profile, session: SessionFacts): void {
  askToLeave('connection', () => void enterProfile(profile, session))
}

/** Opens another profile in place of the open one, which stays when that fails. */
async function switchTo(profile: Profile): Promise<void> {
  const opened = await openProfile(profile.id)
  if (opened.ok) enterOpened(opened.profile, opened.facts)
  else if (opened.failure !== null) {
    showOverlay({ kind: 'failure', title: `${profile.name} could not be opened`, failure: opened.failure })
  }
}

/**
 * Lets the connection dialog connect. Where its profile is the open one, its sessions have to end first, because they began as the profile
 * was before: open transactions are asked about.
 */
export function beforeConnect(profileId: ProfileId | null, connect: () => void): void {
  if (profileId === null || appStore.getState().opened?.profile.id !== profileId) {
    connect()
    return
  }
  askToLeave('connection', async () => {
    await leaveProfile()
    connect()
  })
}

/** The menu of the open connection: the others, the latest first, and what can be done with it. */
export function connectionEntries(keysOf: (keys: string) => string): MenuEntry[] {
  const { opened } = appStore.getState()
  const others = otherProfiles()
  const named = others.slice(0, NAMED)
  return [
    ...named.map((profile) => ({
      id: profile.id,
      label: profile.name,
      remark: profile.environment,
      onAction: () => void switchTo(profile),
    })),
    ...(others.length > named.length
      ? [
          {
            id: 'all',
            label: `All ${others.length} other connections…`,
            onAction: () => showOverlay({ kind: 'palette', mode: 'connections' }),
          },
        ]
      : []),
    ...(others.length === 0 ? [] : [{ id: 'line', separator: true as const }]),
    ...(opened === null
      ? []
      : ownCommands(opened.profile).map(({ id, label, isEnabled, run }) => ({
          id,
          label: id === 'copy-connection-url' ? label : `${label}…`,
          isDisabled: !isEnabled,
          onAction: run,
        }))),
    { id: 'line 2', separator: true },
    { id: 'new', label: 'New connection…', keys: keysOf('Ctrl+N'), onAction: newConnection },
    {
      id: 'close',
      label: 'Close connection',
      onAction: () => askToLeave('connection', () => void leaveProfile()),
    },
  ]
}

/** What the palette can do with the open connection. */
export function connectionCommands(): readonly Command[] {
  const { opened } = appStore.getState()
  return opened === null ? [] : ownCommands(opened.profile)
}

/** The connections that the palette can open, the most recently opened first. */
export function connectionDestinations(): readonly Destination[] {
  return otherProfiles().map((profile) => ({
    id: `connection-${profile.id}`,
    label: profile.name,
    kind: 'connection',
    remark: [profile.environment, placeOf(profile).where, profile.folder].filter((part) => part !== '').join(' · '),
    go: () => void switchTo(profile),
  }))
}

function ownCommands(profile: Profile): Command[] {
  const isRemote = profile.kind === 'remote'
  return [
    { id: 'edit-connection', label: 'Edit connection', isEnabled: true, run: () => editProfile(profile) },
    {
      id: 'duplicate-connection',
      label: 'Duplicate connection',
      isEnabled: isRemote,
      ...(isRemote ? {} : { remark: 'the local database is kept by Strata' }),
      run: () => duplicateProfile(profile),
    },
    {
      id: 'copy-connection-url',
      label: 'Copy URL without password',
      isEnabled: true,
      run: () => void copyProfileUrl(profile),
    },
  ]
}

function otherProfiles(): readonly Profile[] {
  const { opened } = appStore.getState()
  return profiles().filter((one) => one.id !== opened?.profile.id)
}

function profiles(): readonly Profile[] {
  const { list } = profileStore.getState()
  return list.type === 'loaded' ? list.profiles : []
}
