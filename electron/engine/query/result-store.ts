import type { RowSink } from '../session/wire-tap'

/** Bytes of one segment; a row that is larger gets a segment of its own. */
const SEGMENT_BYTES = 4 * 1024 * 1024

const FIRST_OFFSETS = 1024

interface Segment {
  bytes: Buffer
  /** Bytes in use. */
  used: number
  /** Number of the first row in it. */
  readonly firstRow: number
  /** Where each row's DataRow message begins. */
  offsets: Uint32Array
  rows: number
}

/** A row where it is kept. */
export interface KeptRow {
  readonly bytes: Buffer
  readonly offset: number
  readonly end: number
}

/**
 * The rows of one result as the server's own bytes: DataRow messages in segments with one offset per row. Nothing is parsed until it
 * is shown, so nothing can be changed.
 */
export class ResultStore implements RowSink {
  private segments: Segment[] = []
  private count = 0
  private kept = 0

  /** Rows kept so far. */
  get rowCount(): number {
    return this.count
  }

  /** Bytes of the kept rows, as they came over the wire. */
  get byteCount(): number {
    return this.kept
  }

  takeRows(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      const segment = this.roomFor(1 + bytes.readUInt32BE(at + 1))
      const room = segment.bytes.length - segment.used
      // As many whole messages as fit go over in one copy.
      let next = at
      while (next < end) {
        const after = next + 1 + bytes.readUInt32BE(next + 1)
        if (after - at > room) break
        note(segment, segment.used + (next - at))
        next = after
      }
      bytes.copy(segment.bytes, segment.used, at, next)
      segment.used += next - at
      this.kept += next - at
      this.count = segment.firstRow + segment.rows
      at = next
    }
  }

  /** Where a row's fields begin and end: the segment's bytes, the offset of the field count, the end of the message. Throws a RangeError past the last row. */
  locate(row: number): KeptRow {
    if (!(row >= 0 && row < this.count)) throw new RangeError(`row ${row} of ${this.count}`)
    let low = 0
    let high = this.segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.segments[middle]?.firstRow ?? 0) <= row) low = middle
      else high = middle - 1
    }
    const segment = this.segments[low]
    const offset = segment?.offsets[row - segment.firstRow]
    if (segment === undefined || offset === undefined) throw new RangeError(`row ${row} is not kept`)
    return { bytes: segment.bytes, offset: offset + 5, end: offset + 1 + segment.bytes.readUInt32BE(offset + 1) }
  }

  /** Lets go of room that a finished result does not need. */
  seal(): void {
    const last = this.segments.at(-1)
    if (last === undefined) return
    last.offsets = last.offsets.slice(0, last.rows)
    if (last.used < last.bytes.length / 2) last.bytes = Buffer.from(last.bytes.subarray(0, last.used))
  }

  /** Frees the rows; the result is empty afterwards. */
  release(): void {
    this.segments = []
    this.count = 0
    this.kept = 0
  }

  private roomFor(size: number): Segment {
    const last = this.segments.at(-1)
    if (last !== undefined && last.bytes.length - last.used >= size) return last
    if (last !== undefined) last.offsets = last.offsets.slice(0, last.rows)
    const segment: Segment = {
      // The first segment grows with the result: most results are small, and many are open at once.
      bytes: Buffer.allocUnsafeSlow(Math.max(size, last === undefined ? 64 * 1024 : SEGMENT_BYTES)),
      used: 0,
      firstRow: this.count,
      offsets: new Uint32Array(FIRST_OFFSETS),
      rows: 0,
    }
    this.segments.push(segment)
    return segment
  }
}

function note(segment: Segment, offset: number): void {
  if (segment.rows === segment.offsets.length) {
    const larger = new Uint32Array(segment.offsets.length * 2)
    larger.set(segment.offsets)
    segment.offsets = larger
  }
  segment.offsets[segment.rows] = offset
  segment.rows += 1
}
