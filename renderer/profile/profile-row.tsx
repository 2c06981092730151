import { Ellipsis } from 'lucide-react'
import { type MouseEvent, memo, type ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useStore } from 'zustand'
import type { Profile } from '../../contract/profile'
import { Button } from '../ui/button'
import { FailureView } from '../ui/failure-view'
import { editProfile } from './profile-actions'
import { profileStore } from './profile-store'
import { openedWhen, placeOf } from './profile-words'
import { tunnelStore } from './tunnel-store'

/** Props of `ProfileRow`. */
interface ProfileRowProps {
  readonly profile: Profile
  /** The folder to name beside it. */
  readonly folder: string | null
  readonly isNested: boolean
  readonly isMenuOpen: boolean
  readonly onOpen: (profile: Profile) => void
  readonly onMenu: (profile: Profile, at: { readonly x: number; readonly y: number }) => void
}

/** One connection of the list: pressing it opens it; a failure to open it stands below it. Drawn anew only when it changed. */
export const ProfileRow: (props: ProfileRowProps) => ReactNode = memo(function Row(props: ProfileRowProps): ReactNode {
  const { profile, folder, isNested, isMenuOpen, onOpen, onMenu } = props
  const waitingFor = useStore(tunnelStore, (state) => state.waitingFor)
  const mine = useStore(profileStore, ({ opening }) =>
    opening.type !== 'idle' && opening.what === profile.id ? opening : null,
  )
  const { where } = placeOf(profile)
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    onMenu(profile, { x: event.clientX, y: event.clientY })
  }
  const classes = ['rec', ...(isMenuOpen ? ['on'] : []), ...(isNested ? ['nested'] : [])]
  return (
    <>
      {/* The keys are those of the button inside; the row only hears them. */}
      <li
        className={classes.join(' ')}
        data-env={profile.environment}
        data-profile={profile.id}
        onContextMenu={onContextMenu}
      >
        <AriaButton
          className="open"
          aria-label={`${profile.name}, ${where}, ${profile.environment}`}
          onPress={() => onOpen(profile)}
        >
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
        <Button
          variant="bare"
          size="small"
          isIcon
          className="more-button"
          aria-label={`More for ${profile.name}`}
          aria-haspopup="menu"
          onPress={({ target }) => {
            const { left, bottom } = target.getBoundingClientRect()
            onMenu(profile, { x: left, y: bottom + 4 })
          }}
        >
          <Ellipsis className="i" />
        </Button>
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
                <Button size="small" onPress={() => onOpen(profile)}>
                  Retry
                </Button>
              </>
            }
          />
        </li>
      ) : null}
    </>
  )
})
