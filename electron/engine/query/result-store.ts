import type { RowSink } from '../session/wire-tap'
import { ChunkCache } from './chunk-cache'
import { Segment } from './segment'
import { SpillFile } from './spill'

/** Bytes that one result may take up in memory, its offsets and a row that is larger by itself left aside; up to 28 MB all its rows stay there. */
export const RESULT_MEMORY_BYTES = 64 * 1024 * 1024

/** How a result is kept. */
export interface StoreOptions {
  /** Folder for the rows that do not fit into memory; null keeps all of them there. */
  readonly spillFolder: string | null
  readonly memoryBytes: number
}

/** A row where it is kept; to be used before control goes back to the event loop, because the bytes may be used again then. */
export interface KeptRow {
  readonly bytes: Buffer
  readonly offset: number
  readonly end: number
}

/** Bytes of one segment at most; a row that is larger gets a segment of its own. */
const SEGMENT_BYTES = 4 * 1024 * 1024
const FIRST_SEGMENT_BYTES = 64 * 1024
/** Type and length of a message. */
const HEADER_BYTES = 5

/**
 * The rows of one result as the server's own bytes: DataRow messages in segments with one offset per row. Nothing is parsed until it
 * is shown, so nothing can be changed. Past a budget of memory the oldest segments go to a file, and are read from there.
 */
export class ResultStore implements RowSink {
  /** Called whenever bytes were written to the file, or could not be. */
  onWritten: () => void = () => {}
  private readonly options: StoreOptions
  private segments: Segment[] = []
  private count = 0
  private kept = 0
  /** Bytes of the segments that are in memory. */
  private inMemory = 0
  /** Bytes of the offsets of the segments that are full. */
  private offsetBytes = 0
  /** Number of segments that are in the file: always the first. */
  private spilled = 0
  private file: SpillFile | null = null
  private spare: Buffer | null = null
  private cache: ChunkCache
  private located: Segment | null = null
  private error: Error | null = null
  private isWriting = false
  private isSealed = false
  private isReleased = false

  constructor(options: StoreOptions = { spillFolder: null, memoryBytes: RESULT_MEMORY_BYTES }) {
    this.options = options
    this.cache = new ChunkCache(this.segmentBytes)
  }

  /** Rows kept so far. */
  get rowCount(): number {
    return this.count
  }

  /** Bytes of the kept rows, as they came over the wire. */
  get byteCount(): number {
    return this.kept
  }

  /** Bytes of memory in use: rows, what was read back from the file, and offsets. */
  get memoryBytes(): number {
    const last = this.segments.at(-1)?.offsetBytes ?? 0
    return this.inMemory + (this.spare?.length ?? 0) + this.cache.byteCount + this.offsetBytes + last
  }

  /** True while more waits to be written than should: reading had better wait. */
  get isBehind(): boolean {
    return (
      this.error === null && this.options.spillFolder !== null && this.inMemory > this.options.memoryBytes * (9 / 16)
    )
  }

  /** Why rows cannot go to the file any more; null while they can. What was kept until then stays readable. */
  get spillError(): Error | null {
    return this.error
  }

  takeRows(bytes: Buffer, start: number, end: number): void {
    if (this.isReleased) return
    let at = start
    while (at < end) {
      const { segment, into } = this.roomFor(1 + bytes.readUInt32BE(at + 1))
      const room = into.length - segment.used
      // As many whole messages as fit go over in one copy.
      let next = at
      while (next < end) {
        const after = next + 1 + bytes.readUInt32BE(next + 1)
        if (after - at > room) break
        segment.note(segment.used + (next - at))
        next = after
      }
      bytes.copy(into, segment.used, at, next)
      segment.used += next - at
      this.kept += next - at
      this.count = segment.firstRow + segment.rows
      at = next
    }
    if (this.isOverBudget) void this.spill()
  }

  /** Where a row's fields begin and end: the bytes, the offset of the field count, the end of the message. Throws a RangeError past the last row. */
  locate(row: number): KeptRow {
    const segment = this.segmentOf(row)
    const { bytes, offset } =
      segment.bytes === null
        ? this.cache.find(segment, row, this.spillFile())
        : { bytes: segment.bytes, offset: segment.offset(row - segment.firstRow) }
    return { bytes, offset: offset + HEADER_BYTES, end: offset + 1 + bytes.readUInt32BE(offset + 1) }
  }

  /** Bytes of a row from its field count on. */
  sizeOf(row: number): number {
    const segment = this.segmentOf(row)
    const number = row - segment.firstRow
    return segment.offset(number + 1) - segment.offset(number) - HEADER_BYTES
  }

  /** Up to `length` bytes of a row, from byte `from` behind the beginning of its field count; no more of a long row is read from the file. */
  part(row: number, from: number, length: number): KeptRow {
    const segment = this.segmentOf(row)
    const begin = segment.offset(row - segment.firstRow) + HEADER_BYTES
    const size = Math.max(0, Math.min(length, this.sizeOf(row) - from))
    if (segment.bytes !== null) {
      return { bytes: segment.bytes, offset: begin + from, end: begin + from + size }
    }
    return { bytes: this.spillFile().read(segment.place + begin + from, size), offset: 0, end: size }
  }

  /** Lets go of room that a finished result does not need. */
  seal(): void {
    this.isSealed = true
    const last = this.segments.at(-1)
    if (last === undefined || last.bytes === null) return
    last.trim()
    if (last.used < last.bytes.length / 2) {
      this.inMemory -= last.bytes.length - last.used
      last.bytes = Buffer.from(last.bytes.subarray(0, last.used))
    }
    this.spare = null
    if (this.isOverBudget) void this.spill()
  }

  /** Frees the rows and their file; the result is empty afterwards, and takes none any more. */
  release(): void {
    this.isReleased = true
    this.file?.close()
    this.file = null
    this.segments = []
    this.spare = null
    this.located = null
    this.cache = new ChunkCache(0)
    this.count = 0
    this.kept = 0
    this.inMemory = 0
    this.offsetBytes = 0
  }

  private get segmentBytes(): number {
    return Math.min(SEGMENT_BYTES, this.options.memoryBytes / 16)
  }

  private get isOverBudget(): boolean {
    // The rest of the budget is for what waits to be written meanwhile, for what is read back, and for what the collector has not taken yet.
    return this.inMemory > this.options.memoryBytes * (7 / 16)
  }

  private segmentOf(row: number): Segment {
    const { located } = this
    if (located !== null && row >= located.firstRow && row < located.firstRow + located.rows) return located
    if (!(row >= 0 && row < this.count)) throw new RangeError(`row ${row} of ${this.count}`)
    let low = 0
    let high = this.segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.segments[middle]?.firstRow ?? 0) <= row) low = middle
      else high = middle - 1
    }
    const segment = this.segments[low]
    if (segment === undefined) throw new RangeError(`row ${row} is not kept`)
    this.located = segment
    return segment
  }

  private roomFor(size: number): { readonly segment: Segment; readonly into: Buffer } {
    const last = this.segments.at(-1)
    if (last !== undefined) {
      const { bytes } = last
      if (bytes !== null && bytes.length - last.used >= size) return { segment: last, into: bytes }
      last.trim()
      this.offsetBytes += last.offsetBytes
    }
    // The first segment grows with the result: most results are small, and many are open at once.
    const usual = last === undefined ? Math.min(FIRST_SEGMENT_BYTES, this.segmentBytes) : this.segmentBytes
    const into =
      this.spare?.length === usual && size <= usual ? this.spare : Buffer.allocUnsafeSlow(Math.max(size, usual))
    if (into === this.spare) this.spare = null
    this.inMemory += into.length
    const segment = new Segment(this.count, into)
    this.segments.push(segment)
    return { segment, into }
  }

  /** Writes the oldest segments that are in memory to the file, one after the other, until the rest is within the budget. */
  private async spill(): Promise<void> {
    const { spillFolder } = this.options
    if (this.isWriting || this.error !== null || spillFolder === null) return
    this.isWriting = true
    try {
      for (let next = this.nextToSpill(); next !== null; next = this.nextToSpill()) {
        this.file ??= new SpillFile(spillFolder)
        const place = await this.file.append(next.bytes.subarray(0, next.segment.used))
        if (this.isReleased) return
        this.forget(next.segment, next.bytes, place)
        this.onWritten()
      }
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error))
      if (!this.isReleased) this.onWritten()
    } finally {
      this.isWriting = false
    }
  }

  private nextToSpill(): { readonly segment: Segment; readonly bytes: Buffer } | null {
    const segment = this.isOverBudget ? this.segments[this.spilled] : undefined
    if (segment === undefined || segment.bytes === null) return null
    const isFull = this.isSealed || segment !== this.segments.at(-1) || segment.used === segment.bytes.length
    return isFull ? { segment, bytes: segment.bytes } : null
  }

  private forget(segment: Segment, bytes: Buffer, place: number): void {
    segment.place = place
    segment.bytes = null
    this.spilled += 1
    this.inMemory -= bytes.length
    // Used again: the collector lets go of buffers outside its heap only now and then.
    if (!this.isSealed && bytes.length === this.segmentBytes) this.spare ??= bytes
  }

  private spillFile(): SpillFile {
    if (this.file === null) throw new Error('spilled rows have no file')
    return this.file
  }
}
