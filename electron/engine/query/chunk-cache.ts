import type { Segment } from './segment'
import type { SpillFile } from './spill'

/** Rows are read back by stretches of about so many bytes: some windows of the grid, or one. */
const CHUNK_BYTES = 64 * 1024

interface Chunk {
  readonly bytes: Buffer
  /** Where in its segment it begins. */
  readonly from: number
  /** Rows [firstRow, endRow) of the result. */
  readonly firstRow: number
  readonly endRow: number
}

/** What was lately read back from a file, up to a number of bytes. */
export class ChunkCache {
  private readonly mostBytes: number
  private readonly chunks = new Map<string, Chunk>() // least lately used first
  private latest: Chunk | null = null
  private kept = 0

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  /** Bytes that are kept. */
  get byteCount(): number {
    return this.kept
  }

  /** The row's bytes: the buffer that holds them, and where in it the row's message begins. */
  find(segment: Segment, row: number, file: SpillFile): { readonly bytes: Buffer; readonly offset: number } {
    const { latest } = this
    const chunk =
      latest !== null && row >= latest.firstRow && row < latest.endRow ? latest : this.chunkOf(segment, row, file)
    this.latest = chunk
    return { bytes: chunk.bytes, offset: segment.offset(row - segment.firstRow) - chunk.from }
  }

  private chunkOf(segment: Segment, row: number, file: SpillFile): Chunk {
    const own = row - segment.firstRow
    const begin = segment.offset(own)
    const number = Math.floor(begin / CHUNK_BYTES)
    const isLong = isLongRow(segment, own)
    // A long row is read by itself: its neighbours do without it.
    const key = isLong ? `${segment.place + begin}` : `${segment.place} ${number}`
    const known = this.chunks.get(key)
    this.chunks.delete(key)
    const chunk = known ?? (isLong ? read(segment, own, own + 1, file) : readChunk(segment, number, file))
    this.chunks.set(key, chunk)
    if (known === undefined) {
      this.kept += chunk.bytes.length
      this.shrink(chunk)
    }
    return chunk
  }

  private shrink(newest: Chunk): void {
    for (const [key, chunk] of this.chunks) {
      if (this.kept <= this.mostBytes || chunk === newest) return
      this.chunks.delete(key)
      this.kept -= chunk.bytes.length
    }
  }
}

function readChunk(segment: Segment, number: number, file: SpillFile): Chunk {
  const first = segment.rowFrom(number * CHUNK_BYTES)
  const end = segment.rowFrom((number + 1) * CHUNK_BYTES)
  // Only the last row that begins in a chunk can be long.
  return read(segment, first, isLongRow(segment, end - 1) ? end - 1 : end, file)
}

function read(segment: Segment, first: number, end: number, file: SpillFile): Chunk {
  const from = segment.offset(first)
  return {
    bytes: file.read(segment.place + from, segment.offset(end) - from),
    from,
    firstRow: segment.firstRow + first,
    endRow: segment.firstRow + end,
  }
}

function isLongRow(segment: Segment, row: number): boolean {
  return segment.offset(row + 1) - segment.offset(row) > CHUNK_BYTES
}
