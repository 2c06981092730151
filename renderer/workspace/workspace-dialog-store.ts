import { createStore } from 'zustand/vanilla'
import type { ProfileId } from '../../contract/profile'
import type { SavedQueryFile } from '../../contract/saved-query'
import type { TabHead } from '../../contract/workspace'

/** A question about saved queries or the history that lies over the window; one at a time. */
export type WorkspaceDialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'save query'; readonly tab: TabHead }
  /** The file of a tab is not what the tab was read from; null when it has gone. */
  | {
      readonly kind: 'query changed'
      readonly tab: TabHead
      readonly name: string
      readonly there: SavedQueryFile | null
    }
  | { readonly kind: 'rename query'; readonly name: string }
  | { readonly kind: 'remove query'; readonly name: string }
  /** All runs of a profile, or of all when null. */
  | { readonly kind: 'clear history'; readonly profileId: ProfileId | null }

/** The question that is asked now. */
export const workspaceDialogStore = createStore<{ readonly dialog: WorkspaceDialog }>(() => ({
  dialog: { kind: 'none' },
}))

/** Asks a question, or takes it away. */
export function askInDialog(dialog: WorkspaceDialog): void {
  workspaceDialogStore.setState({ dialog })
}
