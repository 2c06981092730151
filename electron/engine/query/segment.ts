const FIRST_OFFSETS = 1024

/** A stretch of the rows of a result: DataRow messages one after the other, and where each begins. */
export class Segment {
  /** Number of the first row in it. */
  readonly firstRow: number
  /** The messages; null once they are in a file alone. */
  bytes: Buffer | null
  /** Where the messages begin in the file; meaningful once `bytes` is null. */
  place = 0
  /** Bytes in use. */
  used = 0
  rows = 0
  private offsets = new Uint32Array(FIRST_OFFSETS)

  constructor(firstRow: number, bytes: Buffer) {
    this.firstRow = firstRow
    this.bytes = bytes
  }

  /** Bytes that the offsets take up. */
  get offsetBytes(): number {
    return this.offsets.byteLength
  }

  /** Notes where the next row begins. */
  note(offset: number): void {
    if (this.rows === this.offsets.length) {
      const larger = new Uint32Array(this.offsets.length * 2)
      larger.set(this.offsets)
      this.offsets = larger
    }
    this.offsets[this.rows] = offset
    this.rows += 1
  }

  /** Lets go of room for offsets that will not come. */
  trim(): void {
    if (this.offsets.length > this.rows) this.offsets = this.offsets.slice(0, this.rows)
  }

  /** Where a row of it, counted from 0, begins; the end of the last one for the row behind it. */
  offset(row: number): number {
    return row < this.rows ? (this.offsets[row] ?? this.used) : this.used
  }

  /** The first row, counted from 0, that begins at that offset or behind it. */
  rowFrom(offset: number): number {
    let low = 0
    let high = this.rows
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.offset(middle) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
