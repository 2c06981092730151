import { z } from 'zod'
import { migrationFailure } from './failure'
import { direction, migrationName } from './migration'
import { profileId } from './profile'
import { count, milliseconds } from './text'

/** Table-level lock modes, the weakest first. Source: PostgreSQL documentation, "Explicit Locking". */
export const lockMode = z.enum([
  'AccessShare',
  'RowShare',
  'RowExclusive',
  'ShareUpdateExclusive',
  'Share',
  'ShareRowExclusive',
  'Exclusive',
  'AccessExclusive',
])
/** A table-level lock mode. */
export type LockMode = z.output<typeof lockMode>

/** A lock that a statement took on a relation which existed before it. */
export const relationLock = z.strictObject({
  relation: z.string(),
  kind: z.string(),
  mode: lockMode,
})
/** A lock that a statement took on a relation. */
export type RelationLock = z.output<typeof relationLock>

/** What one statement did in a rehearsal. */
export const rehearsedStatement = z.strictObject({
  /** Line from 1 in its file. */
  line: z.number().int().min(1),
  text: z.string(),
  /** Null when it did not run to its end. */
  elapsedMs: milliseconds.nullable(),
  /** Rows affected; null where the command has no count. */
  rows: count.nullable(),
  /** The strongest lock it took on each relation, beyond those already held. */
  locks: z.array(relationLock),
  /** Tables and indexes that were written anew. */
  rewritten: z.array(z.string()),
  /** Rows read by scans of whole tables. */
  scanned: count,
  /** Why it was left out; null when it was not. */
  leftOut: z.string().nullable(),
})
/** What one statement did in a rehearsal. */
export type RehearsedStatement = z.output<typeof rehearsedStatement>

/** One readable line of a schema difference: `+` added, `-` removed, `~` changed. */
export const schemaLine = z.strictObject({ sign: z.enum(['+', '-', '~']), text: z.string() })
/** One readable line of a schema difference. */
export type SchemaLine = z.output<typeof schemaLine>

/** What a rehearsal found out about rolling a migration back. */
export const rollbackVerdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identical') }),
  z.strictObject({ kind: z.literal('column order'), lines: z.array(schemaLine) }),
  z.strictObject({ kind: z.literal('leaves behind'), lines: z.array(schemaLine) }),
  /** It has no rollback. */
  z.strictObject({ kind: z.literal('impossible'), reason: z.string() }),
  z.strictObject({ kind: z.literal('failed'), failure: migrationFailure }),
  /** It was not tried. */
  z.strictObject({ kind: z.literal('not proven'), reason: z.string() }),
])
/** What a rehearsal found out about rolling a migration back. */
export type RollbackVerdict = z.output<typeof rollbackVerdict>

/** One migration that was rehearsed. */
export const rehearsedMigration = z.strictObject({
  name: migrationName,
  upFile: z.string(),
  downFile: z.string(),
  up: z.array(rehearsedStatement),
  /** Empty when its rollback was not tried. */
  down: z.array(rehearsedStatement),
  /** What applying it does to the schema. */
  changes: z.array(schemaLine),
  /** How applying it failed; null when it did not. */
  failure: migrationFailure.nullable(),
  verdict: rollbackVerdict,
  elapsedMs: milliseconds,
})
/** One migration that was rehearsed. */
export type RehearsedMigration = z.output<typeof rehearsedMigration>

/** Where a rehearsal runs: in a transaction on the connected database, or on a copy of its schema. */
export const rehearsalPlace = z.enum(['database', 'scratch'])
/** Where a rehearsal runs. */
export type RehearsalPlace = z.output<typeof rehearsalPlace>

/** A rehearsal that has ended; everything it did was rolled back. */
export const rehearsal = z.strictObject({
  place: rehearsalPlace,
  database: z.string(),
  /** How the place was made and what the figures mean there, in words. */
  about: z.string(),
  outcome: z.enum(['complete', 'failed', 'cancelled']),
  /** In the order in which they ran. */
  migrations: z.array(rehearsedMigration),
  /** How one of `prepared` failed, so that nothing was rehearsed; null when none did. */
  failure: migrationFailure.nullable(),
  /** Names of those before that ran first so that these could, and were not measured. */
  prepared: z.array(migrationName),
  /** Names that were not reached, because one before them failed. */
  notReached: z.array(migrationName),
  /** Sequences that moved: nothing sets them back. */
  movedSequences: z.array(z.string()),
  elapsedMs: milliseconds,
})
/** A rehearsal that has ended. */
export type Rehearsal = z.output<typeof rehearsal>

/** What to rehearse: every migration that would be applied, or one, after those that come before it. */
export const rehearsalInput = z.strictObject({
  profileId,
  /** Null for all that are pending. */
  name: migrationName.nullable(),
  place: rehearsalPlace,
})

/** What happens during a rehearsal, in order. `rehearsalEnded` is the last. */
export const rehearsalEvent = z.discriminatedUnion('type', [
  /** The place is ready; `statementCount` counts what runs first, and both directions of all that is rehearsed. */
  z.strictObject({ type: z.literal('rehearsalBegan'), about: z.string(), statementCount: count }),
  /** `statement` counts from 1 in its file. */
  z.strictObject({
    type: z.literal('statementRehearsed'),
    name: migrationName,
    direction,
    statement: count,
  }),
  z.strictObject({ type: z.literal('rehearsalEnded'), rehearsal }),
])
/** What happens during a rehearsal. */
export type RehearsalEvent = z.output<typeof rehearsalEvent>

/** How the schema differs from what the last migration run left. */
export const schemaDrift = z.strictObject({
  lines: z.array(schemaLine),
  /** How many lines there are beyond those. */
  moreLines: count,
  /** When the schema was noted that it is compared with; ISO 8601. */
  keptAt: z.string(),
  /** Stands for the schema as it is now. */
  checksum: z.string(),
})
/** How the schema differs from what the last migration run left. */
export type SchemaDrift = z.output<typeof schemaDrift>
