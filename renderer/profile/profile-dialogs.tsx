import type { ReactNode } from 'react'
import { ConnectionDialog } from './connection-dialog'
import { ImportDialog } from './import/import-dialog'
import { PasswordPrompt } from './password-prompt'
import type { OnOpen } from './profile-actions'
import { RemoveProfile } from './remove-profile'

/** Every dialog about profiles: each is there while the store says so. `onOpen` is told of a profile that one of them opened. */
export function ProfileDialogs(props: { readonly onOpen: OnOpen }): ReactNode {
  return (
    <>
      <ImportDialog />
      <ConnectionDialog onOpen={props.onOpen} />
      <PasswordPrompt onOpen={props.onOpen} />
      <RemoveProfile />
    </>
  )
}
