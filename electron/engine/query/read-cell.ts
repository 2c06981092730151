import { CELL_CHUNK_BYTES, type CellValue } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { ResultStore } from './result-store'

/** At most 1 MiB of one cell's text, from byte `from` on, and how long it is in all; refused when there is no such cell. */
export function readCell(store: ResultStore, row: number, column: number, from: number): CellValue {
  if (row >= store.rowCount) throw refusal('row', `There are ${store.rowCount} rows.`)
  const { bytes, offset } = store.locate(row)
  const columns = bytes.readUInt16BE(offset)
  if (column >= columns) throw refusal('column', `There are ${columns} columns.`)
  let at = offset + 2
  for (let index = 0; index < column; index += 1) at += 4 + Math.max(0, bytes.readInt32BE(at))
  const length = bytes.readInt32BE(at)
  if (length < 0) return { isNull: true, bytes: new Uint8Array(0), totalBytes: 0 }
  const begin = Math.min(from, length)
  const end = Math.min(begin + CELL_CHUNK_BYTES, length)
  // A copy of its own: a view would carry the whole segment across.
  return { isNull: false, bytes: Uint8Array.from(bytes.subarray(at + 4 + begin, at + 4 + end)), totalBytes: length }
}
