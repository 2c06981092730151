import { refusal } from '../failure-error'
import type { ResultStore } from './result-store'

const NOTHING = Buffer.alloc(0)

/** Reads the cells of one column, one at a time, where the rows are kept: nothing is copied. */
export class ColumnReader {
  /** The bytes that hold the cell last read, good until the next one is read. */
  bytes: Buffer = NOTHING
  at = 0
  /** Bytes of the value; -1 for NULL. */
  length = -1
  private readonly store: ResultStore
  private readonly columnCount: number
  private readonly column: number

  constructor(store: ResultStore, columnCount: number, column: number) {
    if (column >= columnCount) throw refusal('column', `There are ${columnCount} columns.`)
    this.store = store
    this.columnCount = columnCount
    this.column = column
  }

  /** Goes to the cell of a row; false when it is NULL. Refused when the row is not as DataRow promises, or is kept no more. */
  read(row: number): boolean {
    if (row >= this.store.rowCount)
      throw refusal('resultId', 'These rows are not kept any more. Run the statement again.')
    const { bytes, offset, end } = this.store.locate(row)
    if (offset + 2 > end || bytes.readUInt16BE(offset) !== this.columnCount) throw malformed(row)
    let at = offset + 2
    for (let column = 0; ; column += 1) {
      if (at + 4 > end) throw malformed(row)
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < -1 || at + length > end) throw malformed(row)
      if (column === this.column) {
        this.bytes = bytes
        this.at = at
        this.length = length
        return length >= 0
      }
      if (length > 0) at += length
    }
  }

  /** A copy of the cell last read, good for as long as it is wanted. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(this.at, this.at + Math.max(0, this.length)))
  }
}

function malformed(row: number): Error {
  return refusal('row', `Row ${row} of the result is not as PostgreSQL's protocol describes it.`)
}
