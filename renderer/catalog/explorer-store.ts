import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProfileId } from '../../contract/profile'
import { CLOSED, type ExplorerEvent, type ExplorerState, reduceExplorer } from './explorer-state'

/** The explorer of one profile. */
type ExplorerStore = StoreApi<ExplorerState>

const stores = new Map<ProfileId, ExplorerStore>()

/** The explorer's store of a profile; made when first asked for. */
export function explorerStore(profileId: ProfileId): ExplorerStore {
  const known = stores.get(profileId)
  if (known !== undefined) return known
  const store = createStore<ExplorerState>(() => CLOSED)
  stores.set(profileId, store)
  return store
}

/** Notes what happened; answers with the state after it. */
export function tellExplorer(profileId: ProfileId, event: ExplorerEvent): ExplorerState {
  const store = explorerStore(profileId)
  store.setState((state) => reduceExplorer(state, event), true)
  return store.getState()
}

/** Forgets what was shown of a profile: for one that was closed. */
export function forgetExplorer(profileId: ProfileId): void {
  stores.get(profileId)?.setState(CLOSED, true)
}
