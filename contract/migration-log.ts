import { z } from 'zod'
import { direction, migrationName } from './migration'
import { profileId } from './profile'
import { count, fieldText, milliseconds } from './text'
import { fileToken } from './transfer'

/** What was done with a migration, as the log says it. */
export const loggedAction = z.enum([
  'applied',
  'rolled back',
  'failed',
  'marked as applied',
  'marked as not applied',
  'adopted',
  'new text accepted',
  'resumed',
])
/** What was done with a migration. */
export type LoggedAction = z.output<typeof loggedAction>

/** One entry of the log that the database keeps: nothing is ever taken out of it. */
export const logEntry = z.strictObject({
  /** Rises with each entry; digits. */
  id: z.string(),
  name: z.string(),
  action: loggedAction,
  /** ISO 8601. */
  at: z.string(),
  role: z.string(),
  /** The client's address as the server saw it; null over a Unix socket. */
  address: z.string().nullable(),
  durationMs: milliseconds.nullable(),
  checksum: z.string().nullable(),
  /** For a failure: which way, at which statement, and what the server said. */
  failure: z.strictObject({ direction, statement: count, code: z.string().nullable(), message: z.string() }).nullable(),
})
/** One entry of the log. */
export type LogEntry = z.output<typeof logEntry>

const wanted = {
  profileId,
  /** The log of one migration; null for all. */
  name: migrationName.nullable(),
  /** Entries in which every one of these words occurs. */
  words: fieldText(200),
}

/** A page of the log, the newest entry first. */
export const logInput = z.strictObject({ ...wanted, from: count, count: z.number().int().min(1).max(500) })

/** A page of the log, and how many entries there are. */
export const logPage = z.strictObject({ total: count, entries: z.array(logEntry) })
/** A page of the log. */
export type LogPage = z.output<typeof logPage>

/** Writes the log to a file that the user chose, the newest entry first. */
export const exportLogInput = z.strictObject({ ...wanted, token: fileToken, format: z.enum(['csv', 'json']) })
