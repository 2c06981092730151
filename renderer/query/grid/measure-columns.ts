import { type ResultColumn, WINDOW_ROWS } from '../../../contract/query'
import type { RowWindow } from '../../../contract/row-window'
import { GREATEST_WIDTH } from './column-layout'
import { drawnPieces, widthInCharacters } from './visible-text'

// JetBrains Mono is 0.6 em wide: 12.5 px in cells, 11 px under a column's name.
const CELL_CHARACTER = 7.5
const TYPE_CHARACTER = 6.6
const PADDING = 17
/** Room for the size that stands behind a value that was cut. */
const CUT_ROOM = 72
/** Marks come from other fonts, which are wider. */
const MARK_ROOM = 4
/** Ten digits. */
const ROOM_TO_GROW = PADDING + 10 * CELL_CHARACTER
/** A column that would like to be wider gets no more than this. */
const MOST_NATURAL = 4 * GREATEST_WIDTH
/** Cells that are measured at most; a result of 1,600 columns is measured by fewer rows. */
const MOST_MEASURED = 20_000

/** How wide each column would like to be: its name, its type and the rows of one window, in CSS pixels. */
export function naturalWidths(columns: readonly ResultColumn[], window: RowWindow | null): number[] {
  const rows = window === null ? 0 : Math.min(window.rowCount, Math.ceil(MOST_MEASURED / Math.max(1, columns.length)))
  return columns.map((column, index) => naturalWidth(column, index, window, rows))
}

/** How wide one column would like to be. */
export function naturalWidth(
  column: ResultColumn,
  index: number,
  window: RowWindow | null,
  rows: number = window?.rowCount ?? 0,
): number {
  let width = headerWidth(column)
  // A whole window of rows: there may be more, and numbers that come later are often longer.
  if (column.isNumeric && window !== null && window.rowCount >= WINDOW_ROWS) width = Math.max(width, ROOM_TO_GROW)
  for (let row = 0; row < rows && width < MOST_NATURAL; row += 1)
    if (window !== null) width = Math.max(width, cellWidth(window, row, index))
  return Math.min(width, MOST_NATURAL)
}

function cellWidth(window: RowWindow, row: number, index: number): number {
  if (window.isNull(row, index)) return PADDING + 4 * CELL_CHARACTER
  const bytes = window.bytes(row, index).length
  if (bytes > 1000) return MOST_NATURAL
  const cut = window.fullBytes(row, index) === null ? 0 : CUT_ROOM
  const pieces = drawnPieces(window.pieces(row, index), Number.POSITIVE_INFINITY)
  const marks = (pieces.length - 1) * MARK_ROOM
  return PADDING + cut + marks + widthInCharacters(pieces.map(({ drawn }) => drawn).join('')) * CELL_CHARACTER
}

function headerWidth(column: ResultColumn): number {
  const type = widthInCharacters(column.typeName) * TYPE_CHARACTER
  return PADDING + 4 + Math.max(nameWidth(column.name), type)
}

let canvas: CanvasRenderingContext2D | null | undefined

function nameWidth(name: string): number {
  canvas ??= typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d')
  if (canvas === null) return widthInCharacters(name) * 7
  canvas.font = '500 12px Inter, "Segoe UI", system-ui, sans-serif'
  return canvas.measureText(name).width
}
