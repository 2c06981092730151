import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import './connection.css'
import { removeProfile } from './profile-actions'
import { profileStore, tellProfiles } from './profile-store'
import { placeOf } from './profile-words'

/** The question whether to forget a profile, while it is asked; Cancel has the focus. */
export function RemoveProfile(): ReactNode {
  const removal = useStore(profileStore, (state) => state.removal)
  if (removal.type === 'none') return null
  const { profile } = removal
  const close = () => tellProfiles({ type: 'removalClosed' })
  return (
    <Dialog
      title={`Remove ${profile.name}`}
      label={`Remove ${profile.name}`}
      role="alertdialog"
      width={480}
      place={placeOf(profile)}
      onClose={close}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onPress={close}>
            Cancel
          </Button>
          <Button variant="danger" onPress={() => void removeProfile()}>
            Remove
          </Button>
        </>
      }
    >
      <div className="prompt-form">
        <p>Strata forgets this connection, its kept password, its tabs and their texts.</p>
        <p className="t2">
          {profile.kind === 'local'
            ? 'The private database itself stays on this computer; Start local database opens it again.'
            : 'Nothing is changed in the database or in the migration folder.'}
        </p>
        {removal.type === 'failed' ? <FailureView failure={removal.failure} /> : null}
      </div>
    </Dialog>
  )
}
