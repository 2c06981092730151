import { CELL_PREVIEW_BYTES } from '../../../contract/query'
import { previewLength, RowWindowWriter } from '../../../contract/row-window'
import type { ResultStore } from './result-store'

/** Packs rows [from, from + count) for the window; fewer when the result ends, none past its end. Long cells are cut. */
export function packWindow(store: ResultStore, columnCount: number, from: number, count: number): Uint8Array {
  const end = Math.min(from + count, store.rowCount)
  const rows = Math.max(0, end - from)
  let cuts = 0
  let textBytes = 0
  eachCell(store, from, end, (bytes, at, length) => {
    if (length < 0) return
    const kept = previewLength(bytes, at, length, CELL_PREVIEW_BYTES)
    if (kept < length) cuts += 1
    textBytes += kept
  })
  const writer = new RowWindowWriter(rows, columnCount, cuts, textBytes)
  eachCell(store, from, end, (bytes, at, length) => {
    if (length < 0) writer.putNull()
    else writer.put(bytes, at, previewLength(bytes, at, length, CELL_PREVIEW_BYTES), length)
  })
  return writer.packed
}

/** Calls `visit` with each cell's bytes, where its value begins, and its length: -1 for NULL. */
function eachCell(
  store: ResultStore,
  from: number,
  end: number,
  visit: (bytes: Buffer, at: number, length: number) => void,
): void {
  for (let row = from; row < end; row += 1) {
    const { bytes, offset } = store.locate(row)
    const columns = bytes.readUInt16BE(offset)
    let at = offset + 2
    for (let column = 0; column < columns; column += 1) {
      const length = bytes.readInt32BE(at)
      at += 4
      visit(bytes, at, length)
      if (length > 0) at += length
    }
  }
}
