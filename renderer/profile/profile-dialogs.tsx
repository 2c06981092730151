import type { ReactNode } from 'react'
import { ConnectionDialog } from './connection-dialog'
import type { OnOpen } from './opened'
import { RemoveProfile } from './remove-profile'
import { SecretPrompt } from './secret-prompt'
import { VaultDialog } from './vault-dialog'

/** Every dialog about profiles: each is there while the store says so. `onOpen` is told of a profile that one of them opened. */
export function ProfileDialogs(props: { readonly onOpen: OnOpen }): ReactNode {
  return (
    <>
      <ConnectionDialog onOpen={props.onOpen} />
      <SecretPrompt onOpen={props.onOpen} />
      <RemoveProfile />
      <VaultDialog />
    </>
  )
}
