import type { RowTaker } from './row-reader'

/** How COPY in binary format begins; such data is no text. */
const BINARY_SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')

const NEWLINE = 10
const RETURN = 13
const DATA_ROW = 68 // 'D'

/** Keeps what COPY … TO STDOUT sends as a result of one column, a row per line, in the server's own bytes. */
export class CopiedRows {
  private readonly openReader: () => RowTaker
  private reader: RowTaker | null = null
  private binaryBytes = 0

  /** `openReader` is called when the first line has come. */
  constructor(openReader: () => RowTaker) {
    this.openReader = openReader
  }

  /** Takes one CopyData message: a line with its end. */
  take(bytes: Buffer, start: number, end: number): void {
    const isFirst = this.reader === null && this.binaryBytes === 0
    if (isFirst && bytes.subarray(start, end).indexOf(BINARY_SIGNATURE) === 0) this.binaryBytes = end - start
    else if (this.binaryBytes > 0) this.binaryBytes += end - start
    else {
      this.reader ??= this.openReader()
      const row = asDataRow(bytes, start, lineEnd(bytes, start, end))
      this.reader.takeRows(row, 0, row.length)
    }
  }

  /** What has to be said beside the result; null when nothing was copied. */
  get remark(): string | null {
    if (this.binaryBytes > 0) {
      return `${this.binaryBytes} bytes came in binary format and were not kept: leave FORMAT binary out to see text.`
    }
    return this.reader === null ? null : 'The lines of COPY, as the server sent them.'
  }
}

function lineEnd(bytes: Buffer, start: number, end: number): number {
  if (end === start || bytes[end - 1] !== NEWLINE) return end
  return end - 1 > start && bytes[end - 2] === RETURN ? end - 2 : end - 1
}

/** A DataRow message with the bytes as its only field. */
function asDataRow(bytes: Buffer, start: number, end: number): Buffer {
  const length = end - start
  const row = Buffer.allocUnsafe(11 + length)
  row[0] = DATA_ROW
  row.writeUInt32BE(10 + length, 1)
  row.writeUInt16BE(1, 5)
  row.writeUInt32BE(length, 7)
  bytes.copy(row, 11, start, end)
  return row
}
