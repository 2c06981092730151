import { Ellipsis } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { MenuButton, type MenuEntry } from '../ui/menu'
import { editProfile } from './profile-actions'
import type { ListRow } from './profile-list'
import { profileStore } from './profile-store'
import { openedWhen, placeOf } from './profile-words'
import { tunnelStore } from './tunnel-store'

/** One connection of the list: pressing it opens it; a failure to open it stands below it. */
export function ProfileRow(props: {
  readonly row: Extract<ListRow, { kind: 'profile' }>
  readonly isMenuOpen: boolean
  readonly onOpen: () => void
  readonly onMenu: (at: { readonly x: number; readonly y: number }) => void
  readonly entries: () => readonly MenuEntry[]
}): ReactNode {
  const { row, onOpen } = props
  const { profile, folder, isNested } = row
  const waitingFor = useStore(tunnelStore, (state) => state.waitingFor)
  const mine = useStore(profileStore, ({ opening }) =>
    opening.type !== 'idle' && opening.what === profile.id ? opening : null,
  )
  const { where } = placeOf(profile)
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    props.onMenu({ x: event.clientX, y: event.clientY })
  }
  const classes = ['rec', ...(props.isMenuOpen ? ['on'] : []), ...(isNested ? ['nested'] : [])]
  return (
    <>
      {/* The keys are those of the button inside; the row only hears them. */}
      <li
        className={classes.join(' ')}
        data-env={profile.environment}
        data-profile={profile.id}
        onContextMenu={onContextMenu}
      >
        <AriaButton className="open" aria-label={`${profile.name}, ${where}, ${profile.environment}`} onPress={onOpen}>
          <span className="env">
            <i className="dot" />
            {profile.environment}
          </span>
          <b className="cut" title={profile.name}>
            {profile.name}
          </b>
          <span className="leads">
            <span className="mono t2 cut" title={where}>
              {where}
            </span>
            {profile.settings.isReadOnly ? <span className="badge">read-only</span> : null}
            {folder === null ? null : (
              <span className="badge cut" title={folder}>
                {folder}
              </span>
            )}
          </span>
          <span className="dim small num">
            {mine?.type === 'opening' ? (
              <span className="late-word">{waitingFor === null ? 'Connecting…' : 'Waiting for your answer'}</span>
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
          entries={props.entries()}
        >
          <Ellipsis className="i" />
        </MenuButton>
      </li>
      {mine?.type === 'failed' ? (
        <li>
          <FailureView
            failure={mine.failure}
            actions={
              <>
                <Button size="small" onPress={() => editProfile(profile)}>
                  Edit…
                </Button>
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
