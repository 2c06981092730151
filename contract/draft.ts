import { z } from 'zod'
import { failure } from './failure'
import { rehearsedMigration } from './rehearsal'
import { count, fieldText, scriptText } from './text'

/** One statement of a draft, and what takes it back. */
export const draftedStatement = z.strictObject({
  /** Line from 1 in the up text. */
  line: z.number().int().min(1),
  /** Its beginning. */
  text: z.string(),
  /** `exact` brings the schema back; `lossy` not all of it, or not the rows; `none` is nothing at all. */
  inverse: z.enum(['exact', 'lossy', 'none', 'not needed']),
  /** Why there is none, or what is lost; null where nothing is to be said. */
  remark: z.string().nullable(),
})
/** One statement of a draft. */
export type DraftedStatement = z.output<typeof draftedStatement>

/** A proposed pair of texts; nothing was written or changed. */
export const migrationDraft = z.strictObject({
  up: scriptText,
  /** Null where nothing in it could be taken back. */
  down: scriptText.nullable(),
  statements: z.array(draftedStatement),
  /** At which statement trying it out failed, from 1, and how; what comes after it was read from its text alone. */
  stopped: z.strictObject({ statement: count, failure }).nullable(),
  /** True when what it makes is there already: it was run by hand. The rollback is then from the text alone. */
  isDone: z.boolean(),
})
/** A proposed pair of texts. */
export type MigrationDraft = z.output<typeof migrationDraft>

/** The two texts of a migration to be written; `down` null when it has no rollback. */
export const draftTexts = z.strictObject({ up: scriptText, down: scriptText.nullable() })
/** The two texts of a migration to be written. */
export type DraftTexts = z.output<typeof draftTexts>

/** Title of a new migration. */
export const migrationTitle: z.ZodString = fieldText(100).min(1)

/** A draft that was rehearsed; the database is as it was. */
export const draftRehearsal = z.strictObject({
  migration: rehearsedMigration.nullable(),
  movedSequences: z.array(z.string()),
})
/** A draft that was rehearsed. */
export type DraftRehearsal = z.output<typeof draftRehearsal>
