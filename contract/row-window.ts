import { type BytePiece, piecesOfBytes, textOfBytes } from './byte-text'

// A packed window of rows, as it crosses from the engine to the grid in one ArrayBuffer of exactly its size:
//
//   u32  rowCount, columnCount, cutCount, 0
//   u32  per cell, row by row: where its bytes end in the text area; bit 31 says NULL
//   u32  per cut cell, in order: number of the cell (row * columnCount + column), bytes of the whole value
//   u8   the text area: the server's own bytes
//
// Numbers stand in the byte order of the machine, because both sides run on it.

const HEADER_WORDS = 4
const NULL_FLAG = 0x8000_0000
const END_MASK = 0x7fff_ffff

/** Bytes of text that one window can hold: ends are 31 bits. */
export const MAX_WINDOW_TEXT_BYTES: number = END_MASK

/** Size in bytes of a packed window. */
export function sizeOfWindow(rows: number, columns: number, cuts: number, textBytes: number): number {
  return 4 * (HEADER_WORDS + rows * columns + 2 * cuts) + textBytes
}

/** How many bytes to keep of a value of `length` bytes from `from` on: at most `previewBytes`, ending between two UTF-8 characters. */
export function previewLength(bytes: Uint8Array, from: number, length: number, previewBytes: number): number {
  if (length <= previewBytes) return length
  let kept = previewBytes
  // A byte 10xxxxxx continues a character; bytes that are not UTF-8 are cut where they are.
  while (kept > previewBytes - 4 && kept > 0 && ((bytes[from + kept] ?? 0) & 0xc0) === 0x80) kept -= 1
  return kept > previewBytes - 4 ? kept : previewBytes
}

/** Fills one window cell by cell, row by row; sizes are counted first, because the buffer is exactly as long as its contents. */
export class RowWindowWriter {
  /** The window; whole once every cell has been put. */
  readonly packed: Uint8Array
  readonly #words: Uint32Array
  readonly #textAt: number
  #cell = HEADER_WORDS
  #cut: number
  #end = 0

  constructor(rows: number, columns: number, cuts: number, textBytes: number) {
    if (textBytes > MAX_WINDOW_TEXT_BYTES) throw new RangeError(`A window cannot hold ${textBytes} bytes of text.`)
    const words = HEADER_WORDS + rows * columns + 2 * cuts
    const buffer = new ArrayBuffer(sizeOfWindow(rows, columns, cuts, textBytes))
    this.packed = new Uint8Array(buffer)
    this.#words = new Uint32Array(buffer, 0, words)
    this.#words.set([rows, columns, cuts, 0])
    this.#textAt = 4 * words
    this.#cut = HEADER_WORDS + rows * columns
  }

  /** The next cell is NULL. */
  putNull(): void {
    this.#words[this.#cell] = (this.#end | NULL_FLAG) >>> 0
    this.#cell += 1
  }

  /** The next cell is the bytes [from, from + length) of `source`; a cell that was cut says how long the whole value is. */
  put(source: Uint8Array, from: number, length: number, fullBytes: number = length): void {
    if (fullBytes > length) {
      this.#words[this.#cut] = this.#cell - HEADER_WORDS
      this.#words[this.#cut + 1] = fullBytes
      this.#cut += 2
    }
    const at = this.#textAt + this.#end
    const { packed } = this
    // Most values are a few bytes, for which a view and a call cost more than the copy.
    if (length < 24) for (let i = 0; i < length; i += 1) packed[at + i] = source[from + i] ?? 0
    else packed.set(source.subarray(from, from + length), at)
    this.#end += length
    this.#words[this.#cell] = this.#end
    this.#cell += 1
  }
}

/** Reads a packed window; text is decoded when it is asked for. */
export class RowWindow {
  readonly rowCount: number
  readonly columnCount: number
  /** Bytes of the packed window. */
  readonly byteLength: number
  readonly #ends: Uint32Array
  readonly #cuts: Uint32Array
  readonly #text: Uint8Array

  constructor(packed: Uint8Array) {
    // A view at an odd offset cannot be read as words.
    const bytes = packed.byteOffset % 4 === 0 ? packed : packed.slice()
    const [rows = 0, columns = 0, cuts = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_WORDS)
    const cells = rows * columns
    this.rowCount = rows
    this.columnCount = columns
    this.byteLength = bytes.byteLength
    this.#ends = new Uint32Array(bytes.buffer, bytes.byteOffset + 4 * HEADER_WORDS, cells)
    this.#cuts = new Uint32Array(bytes.buffer, bytes.byteOffset + 4 * (HEADER_WORDS + cells), 2 * cuts)
    this.#text = bytes.subarray(4 * (HEADER_WORDS + cells + 2 * cuts))
  }

  /** Whether the cell is NULL; an empty string is not. */
  isNull(row: number, column: number): boolean {
    return (this.#word(this.#cellAt(row, column)) & NULL_FLAG) !== 0
  }

  /** The cell's text, or its beginning when it was cut; '' for NULL. Bytes that are not text are written as `\\xE9`. */
  text(row: number, column: number): string {
    return textOfBytes(this.bytes(row, column))
  }

  /** The same in pieces, which tell bytes that are not text from a text that reads like them; usually one piece. */
  pieces(row: number, column: number): readonly BytePiece[] {
    return piecesOfBytes(this.bytes(row, column))
  }

  /** The cell's bytes, or the first of them when it was cut; a view, not a copy. */
  bytes(row: number, column: number): Uint8Array {
    const cell = this.#cellAt(row, column)
    const from = cell === 0 ? 0 : this.#word(cell - 1) & END_MASK
    return this.#text.subarray(from, this.#word(cell) & END_MASK)
  }

  /** Bytes of the whole value when the cell was cut; null when the window holds all of it. */
  fullBytes(row: number, column: number): number | null {
    const cell = this.#cellAt(row, column)
    let low = 0
    let high = this.#cuts.length / 2
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#cuts[2 * middle] ?? 0) < cell) low = middle + 1
      else high = middle
    }
    return this.#cuts[2 * low] === cell ? (this.#cuts[2 * low + 1] ?? null) : null
  }

  #cellAt(row: number, column: number): number {
    if (row < 0 || row >= this.rowCount || column < 0 || column >= this.columnCount)
      throw new RangeError(`A window of ${this.rowCount} x ${this.columnCount} has no cell ${row}, ${column}.`)
    return row * this.columnCount + column
  }

  #word(cell: number): number {
    return this.#ends[cell] ?? 0
  }
}

/** Packs rows of bytes, null for NULL; the plain writer that others are compared with. `columns` is needed for rows that have none. */
export function packRows(
  rows: readonly (readonly (Uint8Array | null)[])[],
  previewBytes: number,
  columns: number = rows[0]?.length ?? 0,
): Uint8Array {
  const kept = rows.map((row) =>
    row.map((cell) => (cell === null ? 0 : previewLength(cell, 0, cell.length, previewBytes))),
  )
  let cuts = 0
  let textBytes = 0
  rows.forEach((row, r) => {
    row.forEach((cell, c) => {
      const length = kept[r]?.[c] ?? 0
      if (cell !== null && length < cell.length) cuts += 1
      textBytes += length
    })
  })

  const writer = new RowWindowWriter(rows.length, columns, cuts, textBytes)
  rows.forEach((row, r) => {
    row.forEach((cell, c) => {
      if (cell === null) writer.putNull()
      else writer.put(cell, 0, kept[r]?.[c] ?? 0, cell.length)
    })
  })
  return writer.packed
}
