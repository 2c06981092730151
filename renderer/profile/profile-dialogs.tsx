import type { ReactNode } from 'react'
import { ConnectionDialog, type ConnectionDialogProps } from './connection-dialog'
import { ImportDialog } from './import/import-dialog'
import { PasswordPrompt } from './password-prompt'
import { RemoveProfile } from './remove-profile'

/** Every dialog about profiles: each is there while the store says so. `onOpen` is told of a profile that one of them opened. */
export function ProfileDialogs(props: ConnectionDialogProps): ReactNode {
  return (
    <>
      <ImportDialog />
      <ConnectionDialog {...props} />
      <PasswordPrompt onOpen={props.onOpen} />
      <RemoveProfile />
    </>
  )
}
