import { z } from 'zod'
import { migrationName } from './migration'
import { profileId } from './profile'
import { count } from './text'

const line = z.number().int().min(1)

/** A line of the comparison of two texts. Lines count from 1: `before` in the text of the history, `now` in the file. */
export const comparedLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('same'), before: line, now: line, text: z.string() }),
  z.strictObject({ kind: z.literal('removed'), before: line, text: z.string() }),
  z.strictObject({ kind: z.literal('added'), now: line, text: z.string() }),
  /** So many equal lines are left out here. */
  z.strictObject({ kind: z.literal('left out'), count }),
])
/** A line of the comparison of two texts. */
export type ComparedLine = z.output<typeof comparedLine>

/** What became of one of the two files since the migration was applied. */
export const fileChange = z.strictObject({
  file: z.string(),
  /** Of the file as it is now; null when it is gone. */
  checksum: z.string().nullable(),
  /** Whether the history keeps the text with which it was applied: it does up to 1 MB. */
  isKept: z.boolean(),
  /** How many lines the file has more, and how many it has no more. */
  added: count,
  removed: count,
  lines: z.array(comparedLine),
  /** True when there are more differences than are told. */
  isCut: z.boolean(),
})
/** What became of one of the two files since the migration was applied. */
export type FileChange = z.output<typeof fileChange>

/** What became of a migration's files since it was applied; null for a file that is as it was. */
export const migrationChange = z.strictObject({
  name: migrationName,
  up: fileChange.nullable(),
  down: fileChange.nullable(),
})
/** What became of a migration's files since it was applied. */
export type MigrationChange = z.output<typeof migrationChange>

const checksum = z.string().max(128)

/** Takes the files as they are now into the history; refused when they are not those any more. */
export const acceptInput = z.strictObject({ profileId, name: migrationName, checksum })

/** Writes the text of the history into a file; refused when the file is not `checksum` any more, null being none. */
export const restoreInput = z.strictObject({
  profileId,
  name: migrationName,
  file: z.enum(['up', 'down']),
  checksum: checksum.nullable(),
})
