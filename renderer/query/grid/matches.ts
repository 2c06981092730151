/** A cell by its row and the number of its column. */
export interface CellAt {
  readonly row: number
  readonly column: number
}

/** Cells that match a search, in the order in which they were found: row by row, within a row as the columns are shown. */
export class Matches {
  readonly #chunks: readonly Uint32Array[]
  readonly #cells: Uint32Array
  #byRow: Map<number, readonly number[]> | null = null

  constructor(chunks: readonly Uint32Array[]) {
    this.#chunks = chunks
    this.#cells = new Uint32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    let at = 0
    for (const chunk of chunks) {
      this.#cells.set(chunk, at)
      at += chunk.length
    }
  }

  /** How many cells match. */
  get count(): number {
    return this.#cells.length / 2
  }

  /** These and more behind them. */
  with(cells: Uint32Array): Matches {
    return new Matches(this.#chunks.length > 50 ? [this.#cells, cells] : [...this.#chunks, cells])
  }

  /** The match of a number from 0; null when there is none. */
  at(index: number): CellAt | null {
    const [row, column] = [this.#cells[2 * index], this.#cells[2 * index + 1]]
    return row === undefined || column === undefined ? null : { row, column }
  }

  /** Columns of a row that match; the same array each time it is asked for. */
  inRow(row: number): readonly number[] {
    if (this.#byRow === null) {
      const byRow = new Map<number, number[]>()
      for (let index = 0; index < this.count; index += 1) {
        const match = this.at(index)
        if (match === null) continue
        const columns = byRow.get(match.row)
        if (columns === undefined) byRow.set(match.row, [match.column])
        else columns.push(match.column)
      }
      this.#byRow = byRow
    }
    return this.#byRow.get(row) ?? NONE
  }

  /** Number of the match at a cell; -1 when it is none. */
  indexOf({ row, column }: CellAt): number {
    for (let index = this.#firstIn(row); ; index += 1) {
      const match = this.at(index)
      if (match === null || match.row !== row) return -1
      if (match.column === column) return index
    }
  }

  /** Number of the match at a cell, or of the first in its row or behind; null when all lie before. */
  from(place: CellAt | null): number | null {
    if (place === null) return this.count === 0 ? null : 0
    const own = this.indexOf(place)
    const index = own >= 0 ? own : this.#firstIn(Math.max(0, place.row))
    return index < this.count ? index : null
  }

  /** Number of the match behind a cell, or before it, around the ends; -1 when there are none. */
  beside(place: CellAt | null, step: 1 | -1): number {
    if (this.count === 0) return -1
    if (place === null) return step > 0 ? 0 : this.count - 1
    const own = this.indexOf(place)
    const beside = own >= 0 ? own + step : this.#firstIn(place.row) - (step > 0 ? 0 : 1)
    return (beside + this.count) % this.count
  }

  #firstIn(row: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#cells[2 * middle] ?? 0) < row) low = middle + 1
      else high = middle
    }
    return low
  }
}

const NONE: readonly number[] = []
