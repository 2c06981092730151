import { WINDOW_ROWS } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import { readCell } from '../../../electron/engine/query/read-cell'
import type { KeptResult } from '../../../electron/engine/query/result-registry'
import { packWindow } from '../../../electron/engine/query/row-window'

/** Every cell of a result as the window gets it: by windows, and long cells in parts. */
export function allRows(result: KeptResult): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = []
  while (rows.length < result.store.rowCount) {
    const from = rows.length
    const window = new RowWindow(packWindow(result.store, result.columnCount, from, WINDOW_ROWS))
    for (let row = 0; row < window.rowCount; row += 1) {
      rows.push(
        Array.from({ length: window.columnCount }, (_, column) => {
          if (window.isNull(row, column)) return null
          if (window.fullBytes(row, column) !== null) return wholeCell(result, from + row, column)
          return Buffer.from(window.bytes(row, column))
        }),
      )
    }
  }
  return rows
}

/** A cell put together from the parts in which it crosses. */
export function wholeCell(result: KeptResult, row: number, column: number): Buffer {
  const parts: Uint8Array[] = []
  for (let from = 0; ; ) {
    const { bytes, totalBytes } = readCell(result, row, column, from)
    parts.push(bytes)
    from += bytes.length
    if (from >= totalBytes) return Buffer.concat(parts)
  }
}

/** Every cell as text; null for NULL. */
export function allTexts(result: KeptResult): (string | null)[][] {
  return allRows(result).map((row) => row.map((cell) => cell?.toString('utf8') ?? null))
}
