import { refusal } from '../failure-error'
import type { ResultStore } from './result-store'

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

function malformed(row: number): Error {
  return refusal('row', `Row ${row} of the result is not as PostgreSQL's protocol describes it.`)
}
