import { createStore } from 'zustand/vanilla'
import type { ResolvedHopWords } from '../../contract/tunnel'

/** Where the SSH servers of the open form really are, as the engine last said. */
export type TunnelReading =
  | { readonly type: 'none' }
  | { readonly type: 'read'; readonly hops: readonly ResolvedHopWords[] }
  | { readonly type: 'refused'; readonly message: string }

/** What the window knows of tunnels. */
export interface TunnelState {
  readonly reading: TunnelReading
  /** The SSH server about whose key the shell asks at this moment. */
  readonly waitingFor: string | null
}

/** The window's one store of tunnels. */
export const tunnelStore = createStore<TunnelState>(() => ({ reading: { type: 'none' }, waitingFor: null }))
