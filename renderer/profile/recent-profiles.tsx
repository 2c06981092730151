import { ArrowDownUp, ChevronDown, ChevronRight, Folder, Search, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useCallback, useDeferredValue, useEffect, useRef, useState } from 'react'
import { Button as AriaButton, Input, SearchField } from 'react-aria-components'
import { useStore } from 'zustand'
import type { Profile, ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { countOf } from '../ui/format'
import { ContextMenu, type MenuEntry } from '../ui/menu'
import { MoveDialog } from './move-dialog'
import type { OnOpen } from './opened'
import { loadProfiles, openProfile } from './profile-actions'
import { type ListRow, listRows } from './profile-list'
import { profileEntries } from './profile-menu'
import { ProfileRow } from './profile-row'
import { profileStore, tellProfiles } from './profile-store'

interface OpenMenu {
  readonly x: number
  readonly y: number
  readonly label: string
  readonly profileId: ProfileId | null
  readonly entries: readonly MenuEntry[]
}

/**
 * The saved connections by folder or by when they were opened: typing searches, Enter opens, Delete asks whether to remove, the context menu
 * has the rest.
 */
export function RecentProfiles(props: { readonly onOpen: OnOpen }): ReactNode {
  const list = useStore(profileStore, (state) => state.list)
  const view = useStore(profileStore, (state) => state.view)
  const [typed, setTyped] = useState('')
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const [moved, setMoved] = useState<{ readonly title: string; readonly profiles: readonly Profile[] } | null>(null)
  const lines = useRef<HTMLUListElement>(null)
  const profiles = list.type === 'loaded' ? list.profiles : []
  // A long list is drawn behind what is typed.
  const sought = useDeferredValue(typed)
  const rows = listRows(profiles, sought, view)
  const section = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is sought is not read, but it changes what is found
  useEffect(() => {
    const { current } = section
    const scroller = current?.closest('.welcome')
    if (current == null || scroller == null) return
    // Somebody who searches from far down begins at the first that is found.
    if (current.getBoundingClientRect().top < scroller.getBoundingClientRect().top) current.scrollIntoView()
  }, [sought])
  const { onOpen } = props
  const open = useCallback(
    async (profile: Profile) => {
      const opened = await openProfile(profile.id)
      if (opened.ok) onOpen(opened.profile, opened.facts)
    },
    [onOpen],
  )
  const showMenu = useCallback(
    (profile: Profile, at: { readonly x: number; readonly y: number }) => {
      const move = () => setMoved({ title: `Move ${profile.name}`, profiles: [profile] })
      const first: MenuEntry = { id: 'open', label: 'Open', keys: 'Enter', onAction: () => void open(profile) }
      setMenu({ ...at, label: profile.name, profileId: profile.id, entries: [first, ...profileEntries(profile, move)] })
    },
    [open],
  )
  const renameFolder = (folder: string) =>
    setMoved({ title: `Rename folder ${folder}`, profiles: profiles.filter((profile) => profile.folder === folder) })

  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(lines.current?.querySelectorAll<HTMLElement>('.open') ?? [])]
    const at = all.indexOf(event.target as HTMLElement) // only compared
    if (at < 0) return
    const row = rows.at(at)
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (step !== undefined) all[step]?.focus()
    else if (row?.kind === 'folder' && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      if (row.isFolded === (event.key === 'ArrowRight')) tellProfiles({ type: 'folderToggled', folder: row.folder })
    } else if (row?.kind === 'profile' && event.key === 'Delete') {
      tellProfiles({ type: 'removalAsked', profile: row.profile })
    } else return
    event.preventDefault()
  }
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
    event.preventDefault()
    const [only] = rows
    // Enter opens what is meant beyond doubt, and else goes on to the list.
    if (event.key === 'Enter' && typed !== '' && typed === sought && rows.length === 1 && only?.kind === 'profile')
      void open(only.profile)
    else lines.current?.querySelector<HTMLElement>('.open')?.focus()
  }

  return (
    <section ref={section}>
      <div className="rechead">
        <h2>Connections</h2>
        {profiles.some(({ folder }) => folder !== '') && typed === '' ? <Order order={view.order} /> : null}
        <span className="grow" />
        {profiles.length === 0 ? null : (
          <SearchField
            aria-label="Search connections"
            className="field rec-search"
            value={typed}
            onChange={setTyped}
            onKeyDown={onSearchKey}
          >
            <Search className="i" aria-hidden />
            <Input className="input" placeholder="Search" spellCheck="false" autoComplete="off" />
            {typed === '' ? null : (
              <AriaButton className="inside-button" aria-label="Clear search">
                <X className="i i12" />
              </AriaButton>
            )}
          </SearchField>
        )}
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
        <ul ref={lines} className="recent" aria-label="Recent" onKeyDown={onKeyDown}>
          {list.type === 'loaded' && profiles.length === 0 ? (
            <li className="recent-none">Connections appear here once they are saved or opened.</li>
          ) : null}
          {profiles.length > 0 && rows.length === 0 ? (
            <li className="recent-none" role="status">
              No connection matches “{typed}”.
            </li>
          ) : null}
          {rows.map((row) =>
            row.kind === 'folder' ? (
              <FolderRow
                key={`folder ${row.folder}`}
                row={row}
                onMenu={(at) =>
                  setMenu({
                    ...at,
                    label: row.folder,
                    profileId: null,
                    entries: [{ id: 'rename', label: 'Rename folder…', onAction: () => renameFolder(row.folder) }],
                  })
                }
              />
            ) : (
              <ProfileRow
                key={row.profile.id}
                profile={row.profile}
                folder={row.folder}
                isNested={row.isNested}
                isMenuOpen={menu?.profileId === row.profile.id}
                onOpen={open}
                onMenu={showMenu}
              />
            ),
          )}
        </ul>
      )}
      <ContextMenu at={menu} label={menu?.label ?? ''} entries={menu?.entries ?? []} onClose={() => setMenu(null)} />
      {moved === null ? null : <MoveDialog {...moved} onClose={() => setMoved(null)} />}
    </section>
  )
}

function Order({ order }: { readonly order: 'folders' | 'recent' }): ReactNode {
  const other = order === 'folders' ? 'recent' : 'folders'
  return (
    <Button
      variant="bare"
      size="small"
      className="order"
      aria-label={`Order: ${order === 'folders' ? 'by folder' : 'recently opened first'}`}
      tip={order === 'folders' ? 'Show those opened last first' : 'Show by folder'}
      onPress={() => tellProfiles({ type: 'orderChosen', order: other })}
    >
      <ArrowDownUp className="i i12" aria-hidden />
      {order === 'folders' ? 'by folder' : 'recently opened first'}
    </Button>
  )
}

function FolderRow(props: {
  readonly row: Extract<ListRow, { kind: 'folder' }>
  readonly onMenu: (at: { readonly x: number; readonly y: number }) => void
}): ReactNode {
  const { folder, count, isFolded } = props.row
  return (
    <li
      className="rec folder"
      onContextMenu={(event) => {
        event.preventDefault()
        props.onMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      <AriaButton
        className="open"
        aria-label={`Folder ${folder}`}
        aria-expanded={!isFolded}
        onPress={() => tellProfiles({ type: 'folderToggled', folder })}
      >
        {isFolded ? <ChevronRight className="i i12" aria-hidden /> : <ChevronDown className="i i12" aria-hidden />}
        <Folder className="i" aria-hidden />
        <b className="cut">{folder}</b>
        <span className="dim small">{countOf(count, 'connection')}</span>
      </AriaButton>
    </li>
  )
}
