import type { Failure, MigrationFailure } from '../../contract/failure'
import type {
  Blocker,
  Direction,
  MigrationAction,
  MigrationEvent,
  MigrationOverview,
  MigrationPlan,
  MigrationRunId,
  MigrationTexts,
} from '../../contract/migration'
import type { MigrationChange } from '../../contract/migration-change'

/** What the window knows of a profile's folder and history. */
export type Listing =
  | { readonly kind: 'unknown' }
  /** `isSlow` once it takes long enough to be said. */
  | { readonly kind: 'loading'; readonly isSlow: boolean }
  | { readonly kind: 'no folder' }
  | { readonly kind: 'listed'; readonly overview: MigrationOverview }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Steps of a plan that somebody else did while it was waiting. */
export type DoneElsewhere = Extract<MigrationEvent, { type: 'doneElsewhere' }>['steps']

/** A run in progress. */
export interface RunningRun {
  readonly kind: 'running'
  /** Null until the engine has said it. */
  readonly runId: MigrationRunId | null
  readonly plan: MigrationPlan
  /** The step at work, from 1; 0 before the first one. */
  readonly step: number
  /** The statement at work within the step, from 1; 0 before the first one. */
  readonly statement: number
  /** Numbers of the steps that were committed, from 1, in order. */
  readonly committed: readonly number[]
  /** Steps that somebody else did meanwhile. */
  readonly elsewhere: DoneElsewhere
  /** Who the statement at work waits for, the roots of chains first. */
  readonly blockers: readonly Blocker[]
  /** When they were seen, in milliseconds of the clock. */
  readonly blockersAt: number
  /** The index build that the statement at work is; null when it is none. */
  readonly indexBuild: Extract<MigrationEvent, { type: 'indexProgressed' }> | null
  /** Set while a step is tried again because a lock was not granted. */
  readonly lockTry: Extract<MigrationEvent, { type: 'lockTimedOut' }> | null
  /** Set while somebody else migrates this database; `since` is when the wait began, in milliseconds of the clock. */
  readonly lockWait: {
    readonly holder: Blocker | null
    /** Whom the holder waits for itself. */
    readonly behind?: readonly Blocker[]
    readonly since: number
    readonly seenAt: number
  } | null
  /** Null for a run that was joined later: when it began is not known. */
  readonly startedAt: number | null
  readonly isCancelling: boolean
  /** Why the last wish to cancel could not be met. */
  readonly cancelFailure: Failure | null
}

/** How a run ended. `lost`: the engine went away, so what became of the last migration is not known. */
export interface EndedRun {
  readonly kind: 'ended'
  readonly outcome: 'complete' | 'nothing to do' | 'failed' | 'cancelled' | 'lost'
  readonly plan: MigrationPlan
  /** Numbers of the steps that were committed, from 1, in order. */
  readonly committed: readonly number[]
  /** Steps that somebody else did meanwhile; left out where nobody did. */
  readonly elsewhere?: DoneElsewhere
  readonly failure: Failure | null
  readonly elapsedMs: number
}

/** Where an apply or a rollback stands. */
export type Run =
  | { readonly kind: 'idle' }
  | { readonly kind: 'planning'; readonly action: MigrationAction; readonly isSlow: boolean }
  /** `isAnew`: the plan that was confirmed could not be run any more, and this is the new one. */
  | {
      readonly kind: 'confirming'
      readonly action: MigrationAction
      readonly plan: MigrationPlan
      readonly isAnew: boolean
    }
  | { readonly kind: 'refused'; readonly action: MigrationAction; readonly plan: MigrationPlan }
  /** No plan could be made, or the run did not begin. */
  | { readonly kind: 'not started'; readonly failure: Failure }
  | RunningRun
  | EndedRun

/** One statement in the log of a step. `earlier`: it took effect in an earlier attempt. `undone`: it ran, and the failed transaction took it back. `unknown`: the run went out of sight. */
export interface StatementLog {
  readonly line: number
  readonly text: string
  readonly state:
    | 'waiting'
    | 'earlier'
    | 'running'
    | 'complete'
    | 'failed'
    | 'cancelled'
    | 'undone'
    | 'not run'
    | 'unknown'
  /** Milliseconds of the clock; null when not known. */
  readonly startedAt: number | null
  readonly elapsedMs: number | null
  readonly rows: number | null
}

/** What happened when a migration was last moved in this window. `completed`: it takes effect with the COMMIT of the whole run. */
export interface StepLog {
  readonly direction: Direction
  readonly file: string
  readonly isTransactional: boolean
  readonly state: 'running' | 'completed' | 'committed' | 'failed' | 'undone' | 'lost'
  /** Only the history was written. */
  readonly isMark: boolean
  readonly statements: readonly StatementLog[]
  readonly elapsedMs: number | null
  readonly failure: MigrationFailure | null
}

/** The two texts of the selected migration. */
export type Texts =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly texts: MigrationTexts }
  | { readonly kind: 'failed'; readonly name: string; readonly failure: Failure }

/** All the migrations panel shows of one profile. */
export interface Migrations {
  readonly listing: Listing
  readonly run: Run
  /** Name of the selected migration. */
  readonly selected: string | null
  /** True while the selection goes along with the run; ends when the user selects something. */
  readonly followsRun: boolean
  readonly tab: 'sql' | 'effect' | 'log'
  readonly texts: Texts
  /** What became of the selected migration's files since it was applied; null when it is not known, or not applied. */
  readonly change: MigrationChange | null
  /** The last run of each migration, by name. */
  readonly logs: Readonly<Record<string, StepLog>>
  /** Why the last small deed (create, choose, open) failed; null when it did not. */
  readonly problem: Failure | null
}

/** A profile of which nothing is known yet. */
export const unknownMigrations: Migrations = {
  listing: { kind: 'unknown' },
  run: { kind: 'idle' },
  selected: null,
  followsRun: false,
  tab: 'sql',
  texts: { kind: 'none' },
  change: null,
  logs: {},
  problem: null,
}
