/** How much of a result is read before the user is asked whether to go on; each Continue allows as much again. */
export interface ReadingLimits {
  readonly rows: number
  readonly bytes: number
}

/** 5,000,000 rows or 2 GB. */
export const READING_LIMITS: ReadingLimits = { rows: 5_000_000, bytes: 2_000_000_000 }

/** Where a limit stands now, and how far the rows of a chunk are within it. */
export class LimitGauge {
  private readonly step: ReadingLimits
  private mostRows: number
  private mostBytes: number

  constructor(step: ReadingLimits) {
    this.step = step
    this.mostRows = step.rows
    this.mostBytes = step.bytes
  }

  /** Allows as much again beyond what is kept. */
  raise(rows: number, byteCount: number): void {
    this.mostRows = rows + this.step.rows
    this.mostBytes = byteCount + this.step.bytes
  }

  /** Where in a chunk of DataRow messages the first row begins that is past the limit; `end` when none is. */
  cut(kept: ReadingLimits, bytes: Buffer, start: number, end: number): number {
    // No row is shorter than 7 bytes: type, length and number of fields.
    if (kept.rows + (end - start) / 7 <= this.mostRows && kept.bytes + (end - start) < this.mostBytes) return end
    let rows = kept.rows
    let at = start
    while (at < end && rows < this.mostRows && kept.bytes + (at - start) < this.mostBytes) {
      at += 1 + bytes.readUInt32BE(at + 1)
      rows += 1
    }
    return at
  }

  /** Which of the two stopped the reading. */
  reason(rows: number): 'rows' | 'bytes' {
    return rows >= this.mostRows ? 'rows' : 'bytes'
  }
}

/** How many DataRow messages stand in a chunk. */
export function countRows(bytes: Buffer, start: number, end: number): number {
  let rows = 0
  for (let at = start; at < end; at += 1 + bytes.readUInt32BE(at + 1)) rows += 1
  return rows
}
