import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { ProfileId } from '../../contract/profile'
import { type Migrations, unknownMigrations } from './migrations'
import { type MigrationsEvent, reduceMigrations } from './reduce-migrations'

const store = createStore<Readonly<Record<ProfileId, Migrations>>>(() => ({}))

/** The migrations of a profile as the window knows them now. */
export function migrationsOf(profileId: ProfileId): Migrations {
  return store.getState()[profileId] ?? unknownMigrations
}

/** Notes what happened to the migrations of a profile. */
export function noteMigrations(profileId: ProfileId, event: MigrationsEvent): void {
  store.setState({ [profileId]: reduceMigrations(migrationsOf(profileId), event) })
}

/** Forgets a profile that was left; a run in progress stays in sight. */
export function forgetMigrations(profileId: ProfileId): void {
  const { run } = migrationsOf(profileId)
  store.setState({ [profileId]: run.kind === 'running' ? { ...unknownMigrations, run } : unknownMigrations })
}

/** A part of a profile's migrations, for a component; `select` must answer with the same value for the same state. */
export function useMigrations<T>(profileId: ProfileId, select: (migrations: Migrations) => T): T {
  return useStore(store, (all) => select(all[profileId] ?? unknownMigrations))
}
