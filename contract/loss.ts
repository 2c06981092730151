import { z } from 'zod'
import { migrationName, migrationRunInput } from './migration'
import { profileId } from './profile'
import { count, oid } from './text'
import { fileToken } from './transfer'

/** How much a plan destroys of one thing. */
export const lossCount = z.strictObject({
  /** Rows of the relation, or that would be deleted; null when it could not be found out. */
  rows: count.nullable(),
  /** Values of the column that are not null; null for whole rows, and when it could not be found out. */
  values: count.nullable(),
  /** Of a converted column: values that would read otherwise afterwards; null when that cannot be known. */
  changed: count.nullable(),
  /** True when the planner's statistics say it, because counting took too long or was not allowed. */
  isEstimate: z.boolean(),
})
/** How much a plan destroys of one thing. */
export type LossCount = z.output<typeof lossCount>

/** One thing in which a plan destroys data. */
export const loss = z.strictObject({
  /** Counts from 0 within the plan. */
  id: count,
  kind: z.enum([
    'relation', // a table or materialized view is dropped, with its rows
    'column', // a column is dropped
    'truncated rows', // all rows of a table are removed
    'deleted rows', // some rows of a table are deleted, those that cascade included
    'converted column', // a column gets a type that may not hold its values
  ]),
  /** The migration that does it. */
  migration: migrationName,
  oid,
  /** Its name as it is now, with the schema where the name alone does not find it. */
  relation: z.string(),
  relationKind: z.enum(['table', 'partitioned table', 'materialized view']),
  column: z.string().nullable(),
  /** Types of a converted column. */
  fromType: z.string().nullable(),
  toType: z.string().nullable(),
  /** Null until it is counted. */
  counted: lossCount.nullable(),
})
/** One thing in which a plan destroys data. */
export type Loss = z.output<typeof loss>

/** Asks for the losses of a plan. Trying it takes its real locks for a moment: on production only when the user asks for that. */
export const lossesInput = migrationRunInput.extend({ mayTry: z.boolean() })

/** What becomes known of the losses of a plan. The first event is `lossesFound`; the stream ends when all are counted. */
export const lossEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('lossesFound'),
    /** `tried`: the plan was run in a transaction that was rolled back; `read`: the words of its statements say it; `none`: no statement can destroy data. */
    method: z.enum(['none', 'tried', 'read']),
    /** Why it could not be tried, or what it overwrites, in words; null when there is nothing to add. */
    note: z.string().nullable(),
    /** True when it was only read because this is production and nobody asked to try it. */
    isTriable: z.boolean(),
    losses: z.array(loss),
  }),
  z.strictObject({ type: z.literal('lossCounted'), id: count, counted: lossCount }),
])
/** What becomes known of the losses of a plan. */
export type LossEvent = z.output<typeof lossEvent>

/** Writes rows that a plan would destroy to a file that the user chose: the key and these columns, or, without any, the whole table. */
export const saveLossInput = z.strictObject({
  profileId,
  token: fileToken,
  oid,
  columns: z.array(z.string().min(1).max(200)).max(1600),
})
/** Writes rows that a plan would destroy to a file. */
export type SaveLossInput = z.output<typeof saveLossInput>
