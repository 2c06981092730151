import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Failure } from '../../contract/failure'
import type { Direction } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import type {
  RehearsalEvent,
  RehearsalPlace,
  Rehearsal as RehearsalReport,
  RehearsedMigration,
} from '../../contract/rehearsal'

/** What is rehearsed: one migration by name, or all that are pending. */
export interface RehearsalWish {
  readonly name: string | null
  readonly place: RehearsalPlace
}

/** One migration's part of the last rehearsal that reached it, with the rehearsal it was part of. */
export interface RehearsedEffect {
  readonly migration: RehearsedMigration
  readonly rehearsal: RehearsalReport
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A rehearsal in progress. */
export interface RunningRehearsal extends RehearsalWish {
  readonly about: string
  /** Statements begun so far, and how many there are; 0 while the place is made ready. */
  readonly begun: number
  readonly count: number
  readonly at: { readonly name: string; readonly direction: Direction; readonly statement: number } | null
  /** Milliseconds of the clock. */
  readonly startedAt: number
}

/** The rehearsals of a profile. */
export interface Rehearsals {
  /** Set while the user is asked where to rehearse. */
  readonly asked: { readonly name: string | null } | null
  readonly place: RehearsalPlace
  readonly running: RunningRehearsal | null
  readonly effects: Readonly<Record<string, RehearsedEffect>>
  /** Why the last rehearsal told nothing of its migration; null when it did. */
  readonly problem: { readonly name: string | null; readonly failure: Failure } | null
  /** True when the last one was stopped by the user. */
  readonly wasCancelled: boolean
}

const NONE: Rehearsals = {
  asked: null,
  place: 'database',
  running: null,
  effects: {},
  problem: null,
  wasCancelled: false,
}

const store = createStore<Readonly<Record<ProfileId, Rehearsals>>>(() => ({}))

/** The rehearsals of a profile as the window knows them now. */
export function rehearsalsOf(profileId: ProfileId): Rehearsals {
  return store.getState()[profileId] ?? NONE
}

/** The rehearsals of a profile, for a component. */
export function useRehearsals(profileId: ProfileId): Rehearsals {
  return useStore(store, (all) => all[profileId] ?? NONE)
}

/** Changes what is known of a profile's rehearsals. */
export function noteRehearsals(profileId: ProfileId, part: Partial<Rehearsals>): void {
  store.setState({ [profileId]: { ...rehearsalsOf(profileId), ...part } })
}

/** Notes what a rehearsal said. */
export function noteRehearsalEvent(profileId: ProfileId, event: RehearsalEvent, now: number): void {
  const before = rehearsalsOf(profileId)
  const { running } = before
  if (running === null) return
  switch (event.type) {
    case 'rehearsalBegan':
      noteRehearsals(profileId, { running: { ...running, about: event.about, count: event.statementCount } })
      return
    case 'statementRehearsed': {
      const { name, direction, statement } = event
      noteRehearsals(profileId, {
        running: { ...running, begun: running.begun + 1, at: { name, direction, statement } },
      })
      return
    }
    case 'rehearsalEnded': {
      const { rehearsal } = event
      const found = rehearsal.migrations.map(
        (migration) => [migration.name, { migration, rehearsal, at: now }] as const,
      )
      const { failure } = rehearsal
      noteRehearsals(profileId, {
        effects: { ...before.effects, ...Object.fromEntries(found) },
        problem: failure === null ? null : { name: running.name, failure },
      })
    }
  }
}
