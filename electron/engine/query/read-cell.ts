import { CELL_CHUNK_BYTES, type CellValue } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { KeptResult } from './result-registry'
import { placeOfCell } from './row-cells'

/** At most 1 MiB of one cell's text, from byte `from` on, and how long it is in all; refused when there is no such cell. */
export function readCell(result: KeptResult, row: number, column: number, from: number): CellValue {
  const { store, columnCount } = result
  if (row >= store.rowCount) throw refusal('row', `There are ${store.rowCount} rows.`)
  if (column >= columnCount) throw refusal('column', `There are ${columnCount} columns.`)
  const { at, length } = placeOfCell(store, row, columnCount, column)
  if (length < 0) return { isNull: true, bytes: new Uint8Array(0), totalBytes: 0 }
  const begin = Math.min(from, length)
  const part = store.part(row, at + begin, Math.min(CELL_CHUNK_BYTES, length - begin))
  // A copy of its own: a view would carry the whole segment across.
  return { isNull: false, bytes: Uint8Array.from(part.bytes.subarray(part.offset, part.end)), totalBytes: length }
}
