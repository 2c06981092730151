import { createStore } from 'zustand/vanilla'
import type { Failure } from '../contract/failure'
import type { Profile } from '../contract/profile'
import type { SessionFacts } from '../contract/session'
import type { TabHead } from '../contract/workspace'

/** A profile that is open in the window. */
export interface OpenProfile {
  readonly profile: Profile
  readonly facts: SessionFacts
}

/** What the palette lists: everything, only what can be gone to in the open connection, or only connections. */
export type PaletteMode = 'commands' | 'go' | 'connections'

/** What lies over the window; one at a time. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'palette'; readonly mode: PaletteMode }
  | { readonly kind: 'rename'; readonly tab: TabHead }
  /** Closing a tab would lose an open transaction, or text that its file does not have. */
  | { readonly kind: 'closing'; readonly tab: TabHead; readonly loses: 'transaction' | 'text' }
  /** Closing the window or the connection would lose open transactions; `proceed` does it all the same. */
  | { readonly kind: 'leaving'; readonly what: 'window' | 'connection'; readonly proceed: () => void }
  | { readonly kind: 'failure'; readonly title: string; readonly failure: Failure }

/** The state that belongs to no feature. */
export const appStore = createStore<{
  readonly opened: OpenProfile | null
  readonly overlay: Overlay
}>(() => ({ opened: null, overlay: { kind: 'none' } }))

/** Puts something over the window, or takes it away. */
export function showOverlay(overlay: Overlay): void {
  appStore.setState({ overlay })
}
