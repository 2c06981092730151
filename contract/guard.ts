import { z } from 'zod'
import { confirmation, runInput, textRange } from './query'
import { count } from './text'

/** UTF-16 units of a dangerous statement that are shown. */
export const DANGER_UNITS = 2_000

/** Dangerous statements that are told of one by one; the rest is counted. */
export const DANGERS_TOLD = 50

/** A statement that is not run on production without a question. */
export const danger = z.strictObject({
  /** Number of the statement within the run, from 0. */
  statement: count,
  range: textRange,
  /** Its text, cut. */
  text: z.string().max(DANGER_UNITS),
  /** UTF-16 units of its whole text. */
  units: count,
  /** What it is, in PostgreSQL's words: `DELETE without WHERE`. */
  title: z.string(),
  /** Why that asks. */
  reason: z.string(),
  /** What an estimate of rows says: those that it changes, or those in what it concerns; null where there is nothing to estimate. */
  rows: z.enum(['changed', 'held']).nullable(),
})
/** A statement that is not run on production without a question. */
export type Danger = z.output<typeof danger>

/** What would be run. */
export const checkInput = runInput.pick({
  sessionId: true,
  script: true,
  range: true,
  parameters: true,
  commitMode: true,
  onFailure: true,
})
/** What would be run. */
export type CheckInput = z.output<typeof checkInput>

/** What is found before a run on production: first what asks, then the estimates as they come. */
export const checkEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('scriptChecked'),
    /** The database that the session is in. */
    database: z.string(),
    /** Statements that would run. */
    statements: count,
    dangers: z.array(danger).max(DANGERS_TOLD),
    /** All of them, told or not. */
    dangerCount: count,
    /** To be sent with the run. */
    confirmation,
  }),
  z.strictObject({
    type: z.literal('rowsEstimated'),
    /** The statement's number. */
    statement: count,
    /** The server's estimate; null where it cannot say. */
    rows: count.nullable(),
  }),
])
/** What is found before a run on production. */
export type CheckEvent = z.output<typeof checkEvent>
