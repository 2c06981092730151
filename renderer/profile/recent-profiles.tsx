import { Ellipsis } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useStore } from 'zustand'
import type { Profile } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { ContextMenu, MenuButton, type MenuEntry } from '../ui/menu'
import type { OnOpen } from './opened'
import { copyProfileUrl, duplicateProfile, editProfile, loadProfiles, openProfile } from './profile-actions'
import { profileStore, tellProfiles } from './profile-store'
import { openedWhen, whereItLeads } from './profile-words'

/** The saved profiles, the most recently opened first: Enter opens, Delete asks whether to remove, the context menu has the rest. */
export function RecentProfiles(props: { readonly onOpen: OnOpen }): ReactNode {
  const list = useStore(profileStore, (state) => state.list)
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number; readonly profile: Profile } | null>(null)
  const open = async (profile: Profile) => {
    const opened = await openProfile(profile.id)
    if (opened.ok) props.onOpen(opened.profile, opened.facts)
  }
  return (
    <section>
      <div className="rechead">
        <h2>Recent</h2>
        <span className="dim small">Opening connects and restores the tabs</span>
      </div>
      {list.type === 'failed' ? (
        <FailureView
          failure={list.failure}
          actions={
            <Button size="small" onPress={() => void loadProfiles()}>
              Retry
            </Button>
          }
        />
      ) : (
        <ul className="recent" aria-label="Recent">
          {list.type === 'loaded' && list.profiles.length === 0 ? (
            <li className="recent-none">Connections appear here once they are saved or opened.</li>
          ) : null}
          {(list.type === 'loaded' ? list.profiles : []).map((profile) => (
            <Row
              key={profile.id}
              profile={profile}
              isMenuOpen={menu?.profile.id === profile.id}
              onOpen={() => void open(profile)}
              onMenu={(at) => setMenu({ ...at, profile })}
              entries={entriesOf(profile, () => void open(profile))}
            />
          ))}
        </ul>
      )}
      <ContextMenu
        at={menu}
        label={menu === null ? '' : menu.profile.name}
        entries={menu === null ? [] : entriesOf(menu.profile, () => void open(menu.profile))}
        onClose={() => setMenu(null)}
      />
    </section>
  )
}

function entriesOf(profile: Profile, open: () => void): MenuEntry[] {
  const isLocal = profile.kind === 'local'
  const own = isLocal ? { isDisabled: true, remark: 'kept by Strata' } : {}
  return [
    { id: 'open', label: 'Open', keys: 'Enter', onAction: open },
    { id: 'edit', label: 'Edit…', onAction: () => editProfile(profile), ...own },
    { id: 'duplicate', label: 'Duplicate…', onAction: () => duplicateProfile(profile), ...own },
    { id: 'copy', label: 'Copy URL without password', onAction: () => void copyProfileUrl(profile) },
    { id: 'line', separator: true },
    {
      id: 'remove',
      label: 'Remove…',
      keys: 'Delete',
      isDanger: true,
      onAction: () => tellProfiles({ type: 'removalAsked', profile }),
    },
  ]
}

function Row(props: {
  readonly profile: Profile
  readonly isMenuOpen: boolean
  readonly onOpen: () => void
  readonly onMenu: (at: { readonly x: number; readonly y: number }) => void
  readonly entries: readonly MenuEntry[]
}): ReactNode {
  const { profile, onOpen } = props
  const opening = useStore(profileStore, (state) => state.opening)
  const isMine = opening.type !== 'idle' && opening.what === profile.id
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    props.onMenu({ x: event.clientX, y: event.clientY })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Delete') tellProfiles({ type: 'removalAsked', profile })
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const item = event.currentTarget
      const next = event.key === 'ArrowDown' ? item.nextElementSibling : item.previousElementSibling
      next?.querySelector<HTMLElement>('.open')?.focus()
    } else return
    event.preventDefault()
  }
  return (
    <>
      {/* The keys are those of the button inside; the row only hears them. */}
      <li
        className={props.isMenuOpen ? 'rec on' : 'rec'}
        data-env={profile.environment}
        onContextMenu={onContextMenu}
        onKeyDown={onKeyDown}
      >
        <AriaButton
          className="open"
          aria-label={`${profile.name}, ${whereItLeads(profile)}, ${profile.environment}`}
          onPress={onOpen}
        >
          <span className="env">
            <i className="dot" />
            {profile.environment}
          </span>
          <b className="cut">{profile.name}</b>
          <span className="mono t2 cut">{whereItLeads(profile)}</span>
          <span className="dim small num">
            {isMine && opening.type === 'opening' ? (
              <span className="late-word">Connecting…</span>
            ) : (
              openedWhen(profile.lastOpenedAt, new Date())
            )}
          </span>
        </AriaButton>
        <MenuButton
          variant="bare"
          size="small"
          isIcon
          className="more-button"
          aria-label={`More for ${profile.name}`}
          menuLabel={profile.name}
          entries={props.entries}
        >
          <Ellipsis className="i" />
        </MenuButton>
      </li>
      {isMine && opening.type === 'failed' ? (
        <li>
          <FailureView
            failure={opening.failure}
            actions={
              <>
                {profile.kind === 'local' ? null : (
                  <Button size="small" onPress={() => editProfile(profile)}>
                    Edit…
                  </Button>
                )}
                <Button size="small" onPress={onOpen}>
                  Retry
                </Button>
              </>
            }
          />
        </li>
      ) : null}
    </>
  )
}
