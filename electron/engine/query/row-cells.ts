import { refusal } from '../failure-error'
import type { KeptRow, ResultStore } from './result-store'

/** Rows up to this long are read from a file in one piece. */
const SHORT_ROW_BYTES = 64 * 1024
/** Bytes that are read at least of a long row in a file. */
const READ_BYTES = 8 * 1024

/**
 * Calls `visit` with each cell of a row: its bytes, where its value begins, and its length, -1 for NULL. Refused when the row is not
 * what DataRow promises: its lengths come from the server, and must not lead out of it.
 */
export function eachCell(
  store: ResultStore,
  row: number,
  columnCount: number,
  visit: (bytes: Buffer, at: number, length: number, column: number) => void,
): void {
  const { bytes, offset, end } = store.locate(row)
  let at = offset + 2
  if (at > end || bytes.readUInt16BE(offset) !== columnCount) throw malformed(row)
  for (let column = 0; column < columnCount; column += 1) {
    if (at + 4 > end) throw malformed(row)
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < -1 || at + length > end) throw malformed(row)
    visit(bytes, at, length, column)
    if (length > 0) at += length
  }
}

/**
 * The same for what is shown of a row: the bytes hold at least the first `headBytes` of a cell, and its length is that of all of it.
 * Of a long row in a file no more is read.
 */
export function eachCellHead(
  store: ResultStore,
  row: number,
  columnCount: number,
  headBytes: number,
  visit: (bytes: Buffer, at: number, length: number, column: number) => void,
): void {
  // Where the beginnings of the cells are most of the row, it is faster read whole.
  if (store.sizeOf(row) <= Math.max(SHORT_ROW_BYTES, columnCount * headBytes)) {
    eachCell(store, row, columnCount, visit)
    return
  }
  const read = readerOf(store, row, Math.max(headBytes, READ_BYTES))
  walk(store, row, columnCount, read, (at, length, column) => {
    const head = read(at, Math.min(Math.max(length, 0), headBytes))
    visit(head.bytes, head.offset, length, column)
    return true
  })
}

/** Where a cell's value begins behind the row's field count, and its length, -1 for NULL: for `ResultStore.part`. */
export function placeOfCell(
  store: ResultStore,
  row: number,
  columnCount: number,
  wanted: number,
): { readonly at: number; readonly length: number } {
  let place = { at: 0, length: -1 }
  walk(store, row, columnCount, readerOf(store, row, READ_BYTES), (at, length, column) => {
    place = { at, length }
    return column < wanted
  })
  return place
}

type ReadPart = (at: number, length: number) => KeptRow

/** Reads parts of a row, neighbouring ones from one piece. */
function readerOf(store: ResultStore, row: number, pieceBytes: number): ReadPart {
  let from = 0
  let piece: KeptRow = { bytes: Buffer.alloc(0), offset: 0, end: 0 }
  return (at, length) => {
    if (at < from || at + length > from + (piece.end - piece.offset)) {
      from = at
      piece = store.part(row, at, Math.max(length, pieceBytes))
    }
    return { bytes: piece.bytes, offset: piece.offset + (at - from), end: piece.end }
  }
}

function walk(
  store: ResultStore,
  row: number,
  columnCount: number,
  read: ReadPart,
  visit: (at: number, length: number, column: number) => boolean,
): void {
  const size = store.sizeOf(row)
  const first = read(0, Math.min(2, size))
  if (size < 2 || first.bytes.readUInt16BE(first.offset) !== columnCount) throw malformed(row)
  let at = 2
  for (let column = 0; column < columnCount; column += 1) {
    if (at + 4 > size) throw malformed(row)
    const { bytes, offset } = read(at, 4)
    const length = bytes.readInt32BE(offset)
    at += 4
    if (length < -1 || at + length > size) throw malformed(row)
    if (!visit(at, length, column)) return
    if (length > 0) at += length
  }
}

function malformed(row: number): Error {
  return refusal('row', `Row ${row} of the result is not as PostgreSQL's protocol describes it.`)
}
