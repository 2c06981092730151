import type { ReactNode } from 'react'
import { ConnectionDialog, type ConnectionDialogProps } from './connection-dialog'
import { ImportDialog } from './import/import-dialog'
import { RemoveProfile } from './remove-profile'
import { SecretPrompt } from './secret-prompt'
import { VaultDialog } from './vault-dialog'

/** Every dialog about profiles: each is there while the store says so. `onOpen` is told of a profile that one of them opened. */
export function ProfileDialogs(props: ConnectionDialogProps): ReactNode {
  return (
    <>
      <ImportDialog />
      <ConnectionDialog {...props} />
      <SecretPrompt onOpen={props.onOpen} />
      <RemoveProfile />
      <VaultDialog />
    </>
  )
}
