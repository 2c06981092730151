import { z } from 'zod'
import { profileId } from './profile'
import { count, milliseconds, opaqueId } from './text'

/** Identifies a run in the history. */
export const historyEntryId = opaqueId.brand<'HistoryEntryId'>()
/** Identifies a run in the history. */
export type HistoryEntryId = z.output<typeof historyEntryId>

/** How a recorded run ended; `lost` also when the engine ended before it did, `refused` when nothing was run. */
export const historyOutcome = z.enum(['running', 'complete', 'failed', 'cancelled', 'lost', 'refused'])
/** How a recorded run ended. */
export type HistoryOutcome = z.output<typeof historyOutcome>

/** One run as a list shows it, its text cut to a line; secrets are masked in all of it. */
export const historyEntry = z.strictObject({
  id: historyEntryId,
  profileId,
  /** Names as they were when it ran. */
  profileName: z.string(),
  host: z.string(),
  database: z.string(),
  role: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Null while it runs, and where nobody knows. */
  elapsedMs: milliseconds.nullable(),
  outcome: historyOutcome,
  /** First line of what went wrong; null when nothing did. */
  message: z.string().nullable(),
  /** The beginning of the text, its white space folded. */
  line: z.string(),
  statements: count,
  /** Rows returned or affected by all its statements; null where none has a count. */
  rows: count.nullable(),
  /** True when a password was masked in the text. */
  isMasked: z.boolean(),
})
/** One run as a list shows it. */
export type HistoryEntry = z.output<typeof historyEntry>

/** The whole text of a recorded run. */
export const historyText = z.strictObject({
  id: historyEntryId,
  text: z.string(),
  isMasked: z.boolean(),
  /** UTF-16 units of the text that were not kept. */
  unitsLeftOut: count,
  /** Names of the bind parameters; values are never kept. */
  parameters: z.array(z.string()),
})
/** The whole text of a recorded run. */
export type HistoryText = z.output<typeof historyText>

/** Entries of a page. */
export const HISTORY_PAGE = 100

/** Asks for a page of the runs in which every word occurs, the newest first. */
export const historySearch = z.strictObject({
  words: z.string().max(1000),
  /** Runs of one profile; of all when null. */
  profileId: profileId.nullable(),
  from: count,
})

/** A page of runs, and how many fit in all. */
export const historyPage = z.strictObject({ total: count, entries: z.array(historyEntry) })
/** A page of runs, and how many fit in all. */
export type HistoryPage = z.output<typeof historyPage>
