import { z } from 'zod'
import { resultId, viewId } from './query'
import { count, fieldText, opaqueId } from './text'

/** Stands for a file that the user chose in the system's dialog: the shell and the engine know its path, the window never does. Good for one use. */
export const fileToken = opaqueId.brand<'FileToken'>()
/** Stands for a file that the user chose. */
export type FileToken = z.output<typeof fileToken>

/** Formats in which rows are written to a file. */
export const exportFormat = z.enum(['csv', 'copy text', 'json', 'markdown', 'insert'])
/** Formats in which rows are written to a file. */
export type ExportFormat = z.output<typeof exportFormat>

/** What kind of file is to be saved; decides the suggested ending. */
export const fileKind = z.enum(['csv', 'tsv', 'json', 'md', 'sql', 'txt', 'bin'])
/** What kind of file is to be saved. */
export type FileKind = z.output<typeof fileKind>

/** Writes loaded rows to a file. */
export const exportInput = z.strictObject({
  token: fileToken,
  resultId,
  viewId: viewId.optional(),
  /** Rows [from, to) of the view or the result; null for all that are loaded when the export begins. */
  rows: z.strictObject({ from: count, to: count }).nullable(),
  /** Columns in the order wanted. */
  columns: z.array(count).min(1).max(1664),
  format: exportFormat,
  /** Column names first: for `csv` and `copy text`. */
  hasHeader: z.boolean(),
  /** Between the values of a `csv` line. */
  delimiter: z.enum([',', ';', '\t', '|']),
  /** Name of the relation that `insert` writes to, as SQL. */
  relation: fieldText(200).min(1),
})
/** Writes loaded rows to a file. */
export type ExportInput = z.output<typeof exportInput>

/** Writes one whole cell to a file: its text as the server sent it, or the bytes that a `bytea` stands for. */
export const saveCellInput = z.strictObject({
  token: fileToken,
  resultId,
  viewId: viewId.optional(),
  row: count,
  column: count,
  as: z.enum(['text', 'bytes']),
})
/** Writes one whole cell to a file. */
export type SaveCellInput = z.output<typeof saveCellInput>

/** What happens while a file is written. `fileWritten` is the last: the file is complete under its name. */
export const transferEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('rowsWritten'), rows: count, total: count, byteCount: count }),
  z.strictObject({ type: z.literal('fileWritten'), rows: count, byteCount: count }),
])
/** What happens while a file is written. */
export type TransferEvent = z.output<typeof transferEvent>
