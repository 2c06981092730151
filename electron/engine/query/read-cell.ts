import { CELL_CHUNK_BYTES, type CellValue } from '../../../contract/query'
import { refusal } from '../failure-error'
import type { KeptResult } from './result-registry'
import { eachCell } from './row-cells'

/** At most 1 MiB of one cell's text, from byte `from` on, and how long it is in all; refused when there is no such cell. */
export function readCell(result: KeptResult, row: number, column: number, from: number): CellValue {
  const { store, columnCount } = result
  if (row >= store.rowCount) throw refusal('row', `There are ${store.rowCount} rows.`)
  if (column >= columnCount) throw refusal('column', `There are ${columnCount} columns.`)
  let value: CellValue = { isNull: true, bytes: new Uint8Array(0), totalBytes: 0 }
  eachCell(store, row, columnCount, (bytes, at, length, each) => {
    if (each !== column || length < 0) return
    const begin = Math.min(from, length)
    const end = Math.min(begin + CELL_CHUNK_BYTES, length)
    // A copy of its own: a view would carry the whole segment across.
    value = { isNull: false, bytes: Uint8Array.from(bytes.subarray(at + begin, at + end)), totalBytes: length }
  })
  return value
}
