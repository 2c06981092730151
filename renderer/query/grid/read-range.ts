import { hasRawBytes, textOfBytes } from '../../../contract/byte-text'
import type { CellValue, ResultColumn } from '../../../contract/query'
import type { KnownRow, RowSource } from './row-source'
import type { CellRange } from './selection'

/** Most cells that are copied at once. */
export const MOST_COPIED_CELLS = 100_000
/** Most bytes of text that are copied at once. */
export const MOST_COPIED_BYTES = 16 * 1024 * 1024

/** Answers with the bytes of a cell: all of them, or at least the first `limit`; with null when they cannot be read. */
export type FetchCell = (row: number, column: number, limit: number) => Promise<CellValue | null>

/** The cells that were read, or why there are none: they are too many or too long, could not be read, or nobody wants them any more. */
export type ReadRange =
  | {
      readonly type: 'rows'
      readonly rows: readonly (readonly (string | null)[])[]
      /** Whether some values hold bytes that are not text, which stand in the rows as `\xE9`. */
      readonly hasRawBytes: boolean
    }
  | { readonly type: 'too many bytes' }
  | { readonly type: 'unreadable'; readonly row: number }
  | { readonly type: 'stopped' }

/** Reads the cells of a range, whole even where the grid has them cut; `columns` are result columns in the order wanted. */
export async function readRange(
  source: RowSource,
  fetchCell: FetchCell,
  range: Pick<CellRange, 'fromRow' | 'toRow'>,
  columns: readonly number[],
  options: { readonly isWholeWanted: boolean; readonly signal: AbortSignal },
): Promise<ReadRange> {
  const rows: (string | null)[][] = []
  let bytes = 0
  let isRaw = false
  let known: KnownRow | null = null
  for (let row = range.fromRow; row < range.toRow; row += 1) {
    // The window of the row before usually holds this one too.
    known = nextKnown(known) ?? (await source.read(row))
    if (options.signal.aborted) return { type: 'stopped' }
    if (known === null) return { type: 'unreadable', row }
    const cells: (string | null)[] = []
    for (const column of columns) {
      const { window, index } = known
      bytes += window.fullBytes(index, column) ?? window.bytes(index, column).length
      if (bytes > MOST_COPIED_BYTES) return { type: 'too many bytes' }
      if (window.isNull(index, column)) cells.push(null)
      else if (!options.isWholeWanted || window.fullBytes(index, column) === null) {
        const text = window.text(index, column)
        isRaw ||= hasRawBytes(window.bytes(index, column), text)
        cells.push(text)
      } else {
        const whole = await readCell(fetchCell, row, column, MOST_COPIED_BYTES)
        if (options.signal.aborted) return { type: 'stopped' }
        if (whole === null) return { type: 'unreadable', row }
        isRaw ||= whole.hasRawBytes
        cells.push(whole.text)
      }
    }
    rows.push(cells)
  }
  return { type: 'rows', rows, hasRawBytes: isRaw }
}

function nextKnown(known: KnownRow | null): KnownRow | null {
  if (known === null || known.index + 1 >= known.window.rowCount) return null
  return { window: known.window, index: known.index + 1 }
}

/** A cell as far as it was read. */
export interface ReadCell {
  readonly isNull: boolean
  readonly text: string
  /** Bytes of the whole value, which may be more than the text has. */
  readonly totalBytes: number
  readonly isWhole: boolean
  /** Whether it holds bytes that are not text, which stand in it as `\xE9`. */
  readonly hasRawBytes: boolean
}

/** Reads a cell, `mostBytes` of it at most; null when it cannot be read. */
export async function readCell(
  fetchCell: FetchCell,
  row: number,
  column: number,
  mostBytes: number,
): Promise<ReadCell | null> {
  const value = await fetchCell(row, column, mostBytes)
  if (value === null) return null
  const { isNull, bytes, totalBytes } = value
  const isWhole = bytes.length >= totalBytes && totalBytes <= mostBytes
  const end = isWhole ? bytes.length : endOfCharacter(bytes, Math.min(bytes.length, mostBytes))
  const kept = bytes.subarray(0, end)
  const text = textOfBytes(kept)
  return { isNull, text, totalBytes, isWhole, hasRawBytes: hasRawBytes(kept, text) }
}

/** The columns of a result by their numbers. */
export function columnsAt(columns: readonly ResultColumn[], numbers: readonly number[]): ResultColumn[] {
  return numbers.flatMap((number) => columns[number] ?? [])
}

/** The last place up to `end` at which no UTF-8 character is cut in two. */
function endOfCharacter(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 4 && back <= end; back += 1) {
    const byte = bytes[end - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? end - back : end
  }
  return end
}
