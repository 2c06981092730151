import { createStore } from 'zustand/vanilla'
import type { Activity } from '../../contract/activity'
import type { Failure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import type { ActivityFilter } from './activity-order'

/** The activity view while it is open. */
export interface ShownActivity {
  readonly profileId: ProfileId
  readonly filter: ActivityFilter
  /** What was told last; null until then. */
  readonly known: { readonly activity: Activity /** `performance.now()` */; readonly at: number } | null
  /** Following, stopped by the person, or ended by a failure. */
  readonly watch: 'following' | 'paused' | { readonly failure: Failure }
  /** Process id of the chosen backend. */
  readonly chosenPid: number | null
}

/** The activity view; null while it is closed. */
export const activityStore = createStore<{ readonly shown: ShownActivity | null }>(() => ({ shown: null }))

/** Changes the view while it is open. */
export function changeActivity(change: Partial<Omit<ShownActivity, 'profileId'>>): void {
  activityStore.setState(({ shown }) => ({ shown: shown === null ? null : { ...shown, ...change } }))
}
