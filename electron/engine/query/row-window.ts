import { CELL_PREVIEW_BYTES } from '../../../contract/query'
import { previewLength, RowWindowWriter } from '../../../contract/row-window'
import type { RowOrder } from './arrange-views'
import type { ResultStore } from './result-store'
import { eachCell } from './row-cells'

/** Packs rows [from, from + count) of the result, or of a view's `order`, for the window; fewer when it ends, none past its end. Long cells are cut. */
export function packWindow(
  store: ResultStore,
  columnCount: number,
  from: number,
  count: number,
  order: RowOrder = null,
): Uint8Array {
  const end = Math.min(from + count, order?.length ?? store.rowCount)
  const placeOf = (row: number) => (order === null ? row : (order[row] ?? 0))
  const rows = Math.max(0, end - from)
  let cuts = 0
  let textBytes = 0
  for (let row = from; row < end; row += 1) {
    eachCell(store, placeOf(row), columnCount, (bytes, at, length) => {
      if (length < 0) return
      const kept = previewLength(bytes, at, length, CELL_PREVIEW_BYTES)
      if (kept < length) cuts += 1
      textBytes += kept
    })
  }
  const writer = new RowWindowWriter(rows, columnCount, cuts, textBytes)
  for (let row = from; row < end; row += 1) {
    eachCell(store, placeOf(row), columnCount, (bytes, at, length) => {
      if (length < 0) writer.putNull()
      else writer.put(bytes, at, previewLength(bytes, at, length, CELL_PREVIEW_BYTES), length)
    })
  }
  return writer.packed
}
