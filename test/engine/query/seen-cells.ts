import { renderToStaticMarkup } from 'react-dom/server'
import { type ResultColumn, WINDOW_ROWS } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import { readCell } from '../../../electron/engine/query/read-cell'
import type { KeptResult } from '../../../electron/engine/query/result-registry'
import { packWindow } from '../../../electron/engine/query/row-window'
import { renderCell } from '../../../renderer/query/grid/cell'
import { type CopyFormat, copyText } from '../../../renderer/query/grid/copy-text'
import { type FetchCell, readRange } from '../../../renderer/query/grid/read-range'
import { RowSource } from '../../../renderer/query/grid/row-source'

/** A column so wide that the grid draws everything a window has of a value. */
const WIDE = { position: 0, left: 0, width: 1_000_000, isPinned: false }
const LOOK = { isNumeric: false, isSelected: false, isActive: false, hasBottomEdge: false, hasRightEdge: false }

/** What the grid draws in the cells of a row: the text of each, `<NULL>` for NULL, and … with the size behind what is cut. */
export function shownRow(result: KeptResult, row: number): string[] {
  const window = new RowWindow(packWindow(result.store, result.columnCount, row, 1))
  return Array.from({ length: window.columnCount }, (_, column) => {
    const markup = renderToStaticMarkup(renderCell({ ...WIDE, column }, { window, index: 0 }, false, LOOK, undefined))
    const text = markup
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll(/&(amp|lt|gt|quot|#x27);/g, (_entity, name: string) => ENTITIES[name] ?? '')
    return markup.includes('class="null"') ? `<${text}>` : text
  })
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }

/** What is put on the clipboard for all rows of these columns. */
export async function copied(
  result: KeptResult,
  columns: readonly ResultColumn[],
  numbers: readonly number[],
  format: CopyFormat,
): Promise<string> {
  const { store, columnCount } = result
  const source = new RowSource(async (from, count) =>
    packWindow(store, columnCount, from, Math.min(count, WINDOW_ROWS)),
  )
  source.grow(store.rowCount)
  const fetchCell: FetchCell = async (row, column) => {
    const parts: Uint8Array[] = []
    let have = 0
    for (;;) {
      const { isNull, bytes, totalBytes } = readCell(result, row, column, have)
      parts.push(bytes)
      have += bytes.length
      if (have >= totalBytes) return { isNull, bytes: Buffer.concat(parts), totalBytes }
    }
  }
  const range = { fromRow: 0, toRow: store.rowCount }
  const options = { isWholeWanted: true, signal: new AbortController().signal }
  const read = await readRange(source, fetchCell, range, numbers, options)
  if (read.type !== 'rows') throw new Error(`not copied: ${read.type}`)
  const chosen = numbers.map((number) => columns[number] as ResultColumn)
  return copyText({ columns: chosen, rows: read.rows }, format)
}
