import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import type { SchemaDrift } from '../../contract/rehearsal'
import { request } from '../bridge'
import { migrationsOf } from './migration-store'

/** What is known of how a profile's schema differs from what its migrations left. */
export interface Drift {
  /** Null when it does not, or when that is not known. */
  readonly drift: SchemaDrift | null
  /** The schema whose difference the user does not want to see. */
  readonly dismissed: string | null
  /** Why it could not be taken as it is; null when nobody tried. */
  readonly failure: Failure | null
}

const NONE: Drift = { drift: null, dismissed: null, failure: null }
const store = createStore<Readonly<Record<ProfileId, Drift>>>(() => ({}))

/** The drift of a profile, for a component. */
export function useDrift(profileId: ProfileId): Drift {
  return useStore(store, (all) => all[profileId] ?? NONE)
}

const checking = new Map<ProfileId, { again: boolean }>()

/** Compares the schema with what the migrations left, behind whatever is shown meanwhile; of many wishes at once the last one counts. */
export async function checkDrift(profileId: ProfileId): Promise<void> {
  const { listing, run } = migrationsOf(profileId)
  if (listing.kind !== 'listed' || run.kind === 'running') return
  const current = checking.get(profileId)
  if (current !== undefined) {
    current.again = true
    return
  }
  const mine = { again: false }
  checking.set(profileId, mine)
  const reply = await request('migration.drift', { profileId })
  checking.delete(profileId)
  if (reply.ok) note(profileId, { drift: reply.value, failure: null })
  if (mine.again) await checkDrift(profileId)
}

/** Hides the difference until the schema is another one. */
export function dismissDrift(profileId: ProfileId): void {
  note(profileId, { dismissed: driftOf(profileId).drift?.checksum ?? null })
}

/** Takes the schema as it is for what the migrations left. */
export async function acceptDrift(profileId: ProfileId): Promise<void> {
  const { drift } = driftOf(profileId)
  if (drift === null) return
  const reply = await request('migration.acceptDrift', { profileId, checksum: drift.checksum })
  if (reply.ok) note(profileId, { drift: null, failure: null })
  else note(profileId, { failure: reply.failure })
}

/** Forgets a profile that was left. */
export function forgetDrift(profileId: ProfileId): void {
  store.setState({ [profileId]: NONE })
}

function driftOf(profileId: ProfileId): Drift {
  return store.getState()[profileId] ?? NONE
}

function note(profileId: ProfileId, part: Partial<Drift>): void {
  store.setState({ [profileId]: { ...driftOf(profileId), ...part } })
}
