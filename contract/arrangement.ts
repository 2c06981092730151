import { z } from 'zod'
import { resultId, viewId } from './query'
import { count, fieldText } from './text'

/** Columns of one result: PostgreSQL allows 1,664 in a target list. */
const columnNumbers = z.array(count).min(1).max(1664)

/** A column to sort by. */
export const sortKey = z.strictObject({ column: count, direction: z.enum(['ascending', 'descending']) })
/** A column to sort by. */
export type SortKey = z.output<typeof sortKey>

/** Longest text that is compared with or searched for, in UTF-16 units. */
export const MAX_NEEDLE_UNITS = 10_000

/** How a filter compares a cell with a text. Comparisons order as sorting does; NULL passes none of them. */
export const textTest = z.enum(['contains', 'does not contain', 'equals', 'differs from', '<', '<=', '>', '>='])
/** How a filter compares a cell with a text. */
export type TextTest = z.output<typeof textTest>

/** What a row must fulfil to be shown. */
export const rowFilter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), column: count, test: textTest, text: z.string().max(MAX_NEEDLE_UNITS) }),
  z.strictObject({ kind: z.literal('null'), column: count, isNull: z.boolean() }),
  /** The cell is byte for byte that of another row, NULL included, or it is not. `row` counts in the server's order. */
  z.strictObject({ kind: z.literal('cell'), column: count, row: count, isSame: z.boolean() }),
])
/** What a row must fulfil to be shown. */
export type RowFilter = z.output<typeof rowFilter>

/** Asks for a view: the loaded rows that pass every filter, sorted by the keys in their order. */
export const arrangeInput = z.strictObject({
  resultId,
  sort: z.array(sortKey).max(16),
  filters: z.array(rowFilter).max(32),
})
/** Asks for a view. */
export type ArrangeInput = z.output<typeof arrangeInput>

/** What happens while rows are arranged. `arranged` is the last. */
export const arrangeEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('rowsPassed'), done: count, total: count }),
  z.strictObject({
    type: z.literal('arranged'),
    viewId,
    /** Rows of the view. */
    rows: count,
    /** Loaded rows that were looked at; later ones are not part of the view. */
    coveredRows: count,
    /** Per sort key: whether the values decide, or the code points of their texts, because the values cannot be read safely. */
    orders: z.array(z.enum(['by value', 'by code point', 'as text'])),
  }),
])
/** What happens while rows are arranged. */
export type ArrangeEvent = z.output<typeof arrangeEvent>

/** Most matches of a search that are told. */
export const MAX_MATCHES = 100_000

/** Searches loaded rows, or those of a view, in these columns. */
export const findInput = z.strictObject({
  resultId,
  viewId: viewId.optional(),
  text: z.string().min(1).max(MAX_NEEDLE_UNITS),
  isCaseSensitive: z.boolean(),
  columns: columnNumbers,
})
/** Searches loaded rows. */
export type FindInput = z.output<typeof findInput>

/** What happens during a search. `searchEnded` is the last. */
export const findEvent = z.discriminatedUnion('type', [
  /** Cells in order: row and column of each, one after the other. */
  z.strictObject({ type: z.literal('matchesFound'), cells: z.instanceof(Uint32Array) }),
  z.strictObject({ type: z.literal('rowsSearched'), done: count, total: count }),
  /** `isCapped`: there may be more matches than were told. */
  z.strictObject({ type: z.literal('searchEnded'), matches: count, isCapped: z.boolean() }),
])
/** What happens during a search. */
export type FindEvent = z.output<typeof findEvent>

/** Asks where a row of a view stands in the server's order. */
export const placeInput = z.strictObject({ resultId, viewId: viewId.optional(), row: count })

/** Suggested name of a file to save: never a path. */
export const fileName: z.ZodString = fieldText(200)
  .min(1)
  .regex(/^[^/\\]*$/u, 'must not hold a path')
