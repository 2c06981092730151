import { CELL_PREVIEW_BYTES } from '../../../contract/query'
import { previewLength, RowWindowWriter } from '../../../contract/row-window'
import type { ResultStore } from './result-store'
import { eachCellHead } from './row-cells'

/** Bytes of text that one window should hold at most: the cells of very wide rows are cut shorter. */
const MOST_TEXT_BYTES = 32 * 1024 * 1024
/** Cells are never cut shorter than this. */
const LEAST_PREVIEW_BYTES = 64

/** Packs rows [from, from + count) for the window; fewer when the result ends, none past its end. Long cells are cut. */
export function packWindow(store: ResultStore, columnCount: number, from: number, count: number): Uint8Array {
  const end = Math.min(from + count, store.rowCount)
  let preview = CELL_PREVIEW_BYTES
  let size = measure(store, columnCount, from, end, preview)
  while (size.textBytes > MOST_TEXT_BYTES && preview > LEAST_PREVIEW_BYTES) {
    preview /= 2
    size = measure(store, columnCount, from, end, preview)
  }
  const writer = new RowWindowWriter(Math.max(0, end - from), columnCount, size.cuts, size.textBytes)
  for (let row = from; row < end; row += 1) {
    eachCellHead(store, row, columnCount, preview + 1, (bytes, at, length) => {
      if (length < 0) writer.putNull()
      else writer.put(bytes, at, previewLength(bytes, at, length, preview), length)
    })
  }
  return writer.packed
}

function measure(
  store: ResultStore,
  columnCount: number,
  from: number,
  end: number,
  preview: number,
): { readonly cuts: number; readonly textBytes: number } {
  let cuts = 0
  let textBytes = 0
  for (let row = from; row < end; row += 1) {
    eachCellHead(store, row, columnCount, preview + 1, (bytes, at, length) => {
      if (length < 0) return
      const kept = previewLength(bytes, at, length, preview)
      if (kept < length) cuts += 1
      textBytes += kept
    })
  }
  return { cuts, textBytes }
}
