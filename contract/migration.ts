import { z } from 'zod'
import { type Backend, backend } from './backend'
import { migrationFailure } from './failure'
import { profileId } from './profile'
import { count, milliseconds, opaqueId, scriptText } from './text'

/** Name of a migration: the file name without `.up.sql`. */
export const migrationName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\\p{Cc}]+$/u)

/** Up or down, in the words of the screen. */
export const direction = z.enum(['apply', 'roll back'])
/** Up or down. */
export type Direction = z.output<typeof direction>

/** The states of a migration. */
export const migrationState = z.enum([
  'pending', // a file, not in the history
  'applied', // in the history, file unchanged
  'running', // recorded as running: a no-transaction migration at work, or interrupted
  'failed', // a no-transaction migration stopped half-way, or the last run of this window failed here
  'changed', // in the history, but the file was edited after it was applied
  'missing', // in the history, but the file is gone
  'late', // a file that sorts before one already applied
])
/** The states of a migration. */
export type MigrationState = z.output<typeof migrationState>

/** Where a migration without a transaction stopped half-way, and what may be done about it. */
export const stoppedMigration = z.strictObject({
  direction,
  /** How many statements, from the first, are known to have taken effect. */
  completed: count,
  statementCount: count,
  /** The statement it stopped at, as the file has it now; null when the file has no such statement. */
  statement: z.strictObject({ line: z.number().int().min(1), text: z.string() }).nullable(),
  /** What it failed with; null when it was interrupted, so that the statement it stopped at may have taken effect or not. */
  error: z.string().nullable(),
  /** Qualified names of the INVALID indexes it left. */
  invalidIndexes: z.array(z.string()),
})
/** Where a migration without a transaction stopped half-way. */
export type StoppedMigration = z.output<typeof stoppedMigration>

/** One migration as the panel lists it. */
export const migration = z.strictObject({
  name: migrationName,
  title: z.string(),
  /** `YYYY-MM-DD` read from the name's prefix; null when the prefix is no date. */
  date: z.string().nullable(),
  state: migrationState,
  isTransactional: z.boolean(),
  statementCount: count,
  /** Why it cannot be rolled back; null when it can. */
  irreversibleBecause: z.string().nullable(),
  /** ISO 8601; null when not applied. */
  appliedAt: z.string().nullable(),
  appliedBy: z.string().nullable(),
  durationMs: milliseconds.nullable(),
  /** What is wrong with the file, with its line; null when it can be run. */
  problem: z.string().nullable(),
  /** Set when it stopped half-way without a transaction, and nobody is at work on it. */
  stopped: stoppedMigration.nullable(),
})
/** One migration as the panel lists it. */
export type Migration = z.output<typeof migration>

/** Tools whose folders are worked with in place. */
export const foreignTool = z.enum(['yoyo', 'dbmate', 'golang-migrate', 'node-pg-migrate', 'Alembic'])
/** Tools whose folders are worked with in place. */
export type ForeignTool = z.output<typeof foreignTool>

/** What it means that a folder is another tool's. */
export const foreignFolder = z.strictObject({
  tool: foreignTool,
  /** Where what was applied is recorded, and what Strata does there, in a sentence or two. */
  meaning: z.string(),
  /** Where the database stands in the tool's own words; null where the list says all. */
  position: z.string().nullable(),
  /** Why nothing is written there: neither files nor what was applied; null when both are. */
  readOnlyBecause: z.string().nullable(),
  /** What a new migration there consists of, e.g. "one .sql file"; null when none is written. */
  newFiles: z.string().nullable(),
  /** True when both directions of a migration stand in one file. */
  hasOneFile: z.boolean(),
})
/** What it means that a folder is another tool's. */
export type ForeignFolder = z.output<typeof foreignFolder>

/** The folder's migrations against the database's history: applied ones in applied order, then the rest in file order. */
export const migrationOverview = z.strictObject({
  /** Null when no folder was chosen for the profile. */
  folder: z.string().nullable(),
  /** Why the folder cannot be read; null when it can. */
  folderProblem: z.string().nullable(),
  migrations: z.array(migration),
  /** How many of `migrations`, from the first, are in the database's history. */
  appliedCount: count,
  /** Absent when the folder is ours. */
  foreign: foreignFolder.optional(),
  /** Why nothing can be applied or rolled back on this server, or over this connection; absent where it can. */
  readOnlyBecause: z.string().optional(),
  /** True behind a pooler: sessions are not ours between two transactions. */
  isPooled: z.boolean(),
})
/** The folder's migrations against the database's history. */
export type MigrationOverview = z.output<typeof migrationOverview>

/** What the user asks for. `roll back to` includes the named migration itself. */
export const migrationAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('apply all') }),
  z.strictObject({ kind: z.literal('apply next') }),
  z.strictObject({ kind: z.literal('apply up to'), name: migrationName }),
  z.strictObject({ kind: z.literal('roll back last') }),
  z.strictObject({ kind: z.literal('roll back to'), name: migrationName }),
  z.strictObject({ kind: z.literal('roll back all') }),
  /** Rolls back down to and including the named migration, then applies the same ones again. */
  z.strictObject({ kind: z.literal('redo'), name: migrationName }),
  /** The marks write the history only: nothing of the migration is run. */
  z.strictObject({ kind: z.literal('mark as applied'), name: migrationName }),
  z.strictObject({ kind: z.literal('mark as not applied'), name: migrationName }),
  /** The rest is for a migration that stopped half-way: on from the statement it stopped at, */
  z.strictObject({ kind: z.literal('resume'), name: migrationName }),
  /** from its first statement, */
  z.strictObject({ kind: z.literal('retry'), name: migrationName }),
  /** or on from there once the INVALID indexes it left are dropped. */
  z.strictObject({ kind: z.literal('drop index and retry'), name: migrationName }),
])
/** What the user asks for. */
export type MigrationAction = z.output<typeof migrationAction>

/** One statement of a migration file. */
export const migrationStatement = z.strictObject({
  /** Line from 1 in the file. */
  line: z.number().int().min(1),
  text: z.string(),
  /** It may take rows or values away: DROP, TRUNCATE, DELETE and the like. */
  destroys: z.boolean(),
})
/** One statement of a migration file. */
export type MigrationStatement = z.output<typeof migrationStatement>

/** One migration moved in one direction. */
export const migrationStep = z.strictObject({
  name: migrationName,
  title: z.string(),
  direction,
  /** Why it is in the plan, in words. */
  reason: z.string(),
  file: z.string(),
  isTransactional: z.boolean(),
  /** Only the history is written; nothing is run. */
  isMark: z.boolean(),
  /** How many statements, from the first, are not run: they took effect earlier. */
  skips: count,
  /** How many statements after those are not of the file: they clear up what an earlier attempt left. */
  repairs: count,
  statements: z.array(migrationStatement),
})
/** One migration moved in one direction. */
export type MigrationStep = z.output<typeof migrationStep>

/** What would run, in order. A plan with `refusals` cannot be run. */
export const migrationPlan = z.strictObject({
  /** Stands for exactly these steps with exactly these texts; a run with an old digest is refused. */
  digest: z.string(),
  /** What was asked for. */
  action: migrationAction,
  /** The way of the whole; the steps of a redo go both ways. */
  direction,
  /** One transaction holds all steps, so that they take effect together or not at all. */
  isAllOrNothing: z.boolean(),
  steps: z.array(migrationStep),
  refusals: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  database: z.string(),
  host: z.string(),
})
/** What would run, in order. */
export type MigrationPlan = z.output<typeof migrationPlan>

/** Identifies a migration run. */
export const migrationRunId = opaqueId.brand<'MigrationRunId'>()
/** Identifies a migration run. */
export type MigrationRunId = z.output<typeof migrationRunId>

/** Who holds the migration lock, or blocks a statement. */
export const blocker = backend
/** Who holds a lock. */
export type Blocker = Backend

/** What happens during a migration run, in the past tense, in order. `runEnded` is the last. */
export const migrationEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('runStarted'), runId: migrationRunId, plan: migrationPlan }),
  /** Somebody else migrates this database; the run polls until they are done. */
  z.strictObject({
    type: z.literal('lockAwaited'),
    holder: blocker.nullable(),
    /** Whom the holder waits for itself, the roots of chains first; left out where it waits for nobody. */
    behind: z.array(blocker).optional(),
    waitedMs: milliseconds,
  }),
  /** Somebody else did these steps of the plan meanwhile; `by` is the role that applied one, where the history says it. The rest runs. */
  z.strictObject({
    type: z.literal('doneElsewhere'),
    steps: z.array(z.strictObject({ name: migrationName, title: z.string(), by: z.string().nullable() })),
  }),
  /** `step` counts from 1 in the plan's steps. */
  z.strictObject({ type: z.literal('stepStarted'), name: migrationName, step: count }),
  /** `statement` counts from 1. */
  z.strictObject({ type: z.literal('statementStarted'), name: migrationName, statement: count }),
  z.strictObject({
    type: z.literal('statementCompleted'),
    name: migrationName,
    statement: count,
    elapsedMs: milliseconds,
    /** Rows affected; null where the command has no count. */
    rows: count.nullable(),
  }),
  /** A statement waits for locks held by these, the roots of chains first; an empty list says that it waits no more. */
  z.strictObject({ type: z.literal('statementBlocked'), name: migrationName, statement: count, by: z.array(blocker) }),
  /** How far the index build of a statement is, in the server's words. */
  z.strictObject({
    type: z.literal('indexProgressed'),
    name: migrationName,
    statement: count,
    table: z.string(),
    phase: z.string(),
    unit: z.enum(['blocks', 'tuples', 'lockers', 'partitions']),
    done: count,
    /** 0 when the server does not say. */
    total: count,
    /** Whom a concurrent build waits for. */
    waitsForPid: z.number().int().nullable(),
  }),
  /** A lock was not granted within lock_timeout: the step was rolled back, and try number `attempt` begins after the pause. */
  z.strictObject({
    type: z.literal('lockTimedOut'),
    name: migrationName,
    statement: count,
    lockTimeout: z.string(),
    attempt: count,
    tries: count,
    pauseMs: milliseconds,
  }),
  /** Its statements ran; they take effect with the COMMIT of the whole run. */
  z.strictObject({ type: z.literal('stepCompleted'), name: migrationName, step: count, elapsedMs: milliseconds }),
  /** Sent after COMMIT, never before. */
  z.strictObject({ type: z.literal('stepCommitted'), name: migrationName, step: count, elapsedMs: milliseconds }),
  z.strictObject({ type: z.literal('stepFailed'), name: migrationName, step: count, failure: migrationFailure }),
  z.strictObject({
    type: z.literal('runEnded'),
    outcome: z.enum(['complete', 'nothing to do', 'failed', 'cancelled']),
    elapsedMs: milliseconds,
    overview: migrationOverview,
  }),
])
/** What happens during a migration run. */
export type MigrationEvent = z.output<typeof migrationEvent>

/** Asks what an action would do. */
export const migrationPlanInput = z.strictObject({
  profileId,
  action: migrationAction,
  /** One transaction for the whole run; left out, each migration has its own. */
  isAllOrNothing: z.boolean().optional(),
})

/** Starts exactly the plan that was shown. */
export const migrationRunInput = z.strictObject({
  ...migrationPlanInput.shape,
  digest: z.string().max(200),
})

/** The two texts of a migration; null where there is no such file. */
export const migrationTexts = z.strictObject({
  name: migrationName,
  upFile: z.string(),
  up: scriptText.nullable(),
  downFile: z.string(),
  down: scriptText.nullable(),
})
/** The two texts of a migration. */
export type MigrationTexts = z.output<typeof migrationTexts>
