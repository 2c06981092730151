import { inMegabytes } from './framing-limits'
import { ProtocolViolation } from './protocol-violation'

/**
 * A row that is larger than what is taken in: reads the lengths of its cells as they come, keeps nothing, and throws as soon as it is known which
 * column is to blame.
 */
export class OversizedRow {
  private readonly columns: readonly string[]
  private readonly limit: number
  /** Bytes of the message that have not come yet. */
  private left: number
  /** Bytes of the cell, or of the count of columns before the first, that have not come yet. */
  private passing = 2
  private length: number[] = []
  private column = 0
  private largest = { column: 0, bytes: -1 }

  /** `messageLength` is what the header says; `columns` are the names that were described. */
  constructor(messageLength: number, columns: readonly string[], limit: number) {
    this.columns = columns
    this.limit = limit
    this.left = messageLength - 4
  }

  /** Takes what comes behind the header; throws a `ProtocolViolation` that names the column, at the end of the row at the latest. */
  take(bytes: Buffer, from: number): void {
    for (let at = from; at < bytes.length; ) {
      if (this.passing > 0) {
        const passed = Math.min(this.passing, bytes.length - at)
        this.passing -= passed
        this.left -= passed
        at += passed
      } else {
        this.length.push(bytes[at] as number)
        this.left -= 1
        at += 1
        if (this.length.length === 4) this.noteCell()
      }
      if (this.left <= 0) throw this.named()
    }
  }

  private noteCell(): void {
    const length = Buffer.from(this.length).readInt32BE(0)
    this.length = []
    if (length < -1 || length > this.left || this.column >= this.columns.length) {
      throw new ProtocolViolation('sent a DataRow whose cells do not fit into it; the session was closed')
    }
    if (length > this.largest.bytes) this.largest = { column: this.column, bytes: length }
    this.passing = Math.max(0, length)
    this.column += 1
    // No later cell can be larger.
    if (this.largest.bytes >= this.left - this.passing) throw this.named()
  }

  private named(): ProtocolViolation {
    const name = this.columns[this.largest.column] ?? ''
    return new ProtocolViolation(
      `sent a row whose column "${name}" holds ${inMegabytes(this.largest.bytes)}; Strata takes a row of at most ${inMegabytes(this.limit)}, and the session was closed`,
      'too large',
      `Read a part of it, such as substr("${name}", 1, 1000000), or only its size with octet_length("${name}").`,
    )
  }
}
