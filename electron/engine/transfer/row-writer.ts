/** A column of exported rows. */
export interface ExportColumn {
  readonly name: string
  readonly typeOid: number
  readonly isNumeric: boolean
}

/** A cell where it is kept; length -1 is NULL. */
export interface ExportCell {
  readonly bytes: Buffer
  readonly at: number
  readonly length: number
}

/** Writes rows in one format. */
export interface RowWriter {
  begin(out: OutputBuffer): void
  row(out: OutputBuffer, cells: readonly ExportCell[], isFirst: boolean): void
  end(out: OutputBuffer, isEmpty: boolean): void
}

/** Up to this many bytes, a call costs more than the copying. */
const SHORT_BYTES = 32

/** Bytes gathered for a file; grows for a value that is larger. */
export class OutputBuffer {
  private bytes: Buffer
  private used = 0
  private readonly size: number

  constructor(size: number) {
    this.size = size
    this.bytes = Buffer.allocUnsafeSlow(2 * size)
  }

  /** Bytes gathered. */
  get length(): number {
    return this.used
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.used++] = value
  }

  /** A text of ours, in UTF-8. */
  text(value: string): void {
    this.room(3 * value.length)
    this.used += this.bytes.write(value, this.used, 'utf8')
  }

  /** Text whose characters stand for bytes, as `latin1` reads them. */
  latin1(value: string): void {
    this.room(value.length)
    this.used += this.bytes.write(value, this.used, 'latin1')
  }

  copy(source: Buffer, from: number, to: number): void {
    this.room(to - from)
    if (to - from > SHORT_BYTES) {
      this.used += source.copy(this.bytes, this.used, from, to)
      return
    }
    const { bytes } = this
    let { used } = this
    for (let index = from; index < to; index += 1) bytes[used++] = source[index] as number // within the source
    this.used = used
  }

  /** Puts the bytes in unless one of them is marked; answers whether it did. */
  copyUnmarked(source: Buffer, from: number, to: number, marks: Uint8Array): boolean {
    this.room(to - from)
    const { bytes } = this
    let { used } = this
    for (let index = from; index < to; index += 1) {
      const byte = source[index] as number // within the source
      if (marks[byte] === 1) return false
      bytes[used++] = byte
    }
    this.used = used
    return true
  }

  /** Puts the bytes in between two quotes, and each quote among them twice. */
  copyQuoted(source: Buffer, from: number, to: number, quote: number): void {
    this.byte(quote)
    // In parts, so that a huge value does not ask for twice its room.
    for (let begin = from; begin < to; begin += this.size) {
      const end = Math.min(to, begin + this.size)
      this.room(2 * (end - begin))
      const { bytes } = this
      let { used } = this
      for (let index = begin; index < end; index += 1) {
        const byte = source[index] as number // within the source
        if (byte === quote) bytes[used++] = quote
        bytes[used++] = byte
      }
      this.used = used
    }
    this.byte(quote)
  }

  /** What was gathered, which is then forgotten. The answer is good until more is put in. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.used)
    this.used = 0
    // One huge value must not keep its room for the rest of the file.
    if (this.bytes.length > 4 * this.size) this.bytes = Buffer.allocUnsafeSlow(2 * this.size)
    return taken
  }

  private room(size: number): void {
    if (this.used + size <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.used + size, 2 * this.bytes.length))
    this.bytes.copy(larger, 0, 0, this.used)
    this.bytes = larger
  }
}

/** A cell's bytes as characters of one byte each: whatever they mean, they can be written back as they were. */
export function latin1Of(cell: ExportCell): string | null {
  return cell.length < 0 ? null : cell.bytes.toString('latin1', cell.at, cell.at + cell.length)
}

/** A name's UTF-8 bytes as characters of one byte each. */
export function latin1Name(name: string): string {
  return Buffer.from(name).toString('latin1')
}
