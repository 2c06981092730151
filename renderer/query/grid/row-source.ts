import { type ViewId, WINDOW_ROWS } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'

const MOST_WINDOWS = 60
const MOST_BYTES = 128 * 1024 * 1024
const MOST_IN_FLIGHT = 2
/** What is seen does not wait for neighbours of what was seen before. */
const MOST_SEEN_IN_FLIGHT = 4
/** Rows beyond what is seen that may be drawn already. */
const DRAWN_BEYOND = 32

/** Answers with the packed rows [from, from + count) of the result, or of a view of it; with null when they cannot be read. */
export type FetchWindow = (from: number, count: number, viewId?: ViewId) => Promise<Uint8Array | null>

/** A row that is in memory: the window that holds it and its number there. */
export interface KnownRow {
  readonly window: RowWindow
  readonly index: number
}

interface Kept {
  readonly window: RowWindow
  /** How many of its rows were known to exist when it was asked for; it is asked again when there are more. */
  readonly asked: number
}

/**
 * The rows of one result, window by window: what is wished for is fetched, newest wish first, and kept until others
 * are seen instead. A window that has grown is shown as it was until its longer self arrives.
 */
export class RowSource {
  readonly #fetchWindow: FetchWindow
  readonly #listeners = new Set<() => void>()
  readonly #kept = new Map<number, Kept>() // least lately wished for first
  readonly #inFlight = new Set<number>()
  readonly #unreadable = new Set<number>()
  #wishes: readonly number[] = []
  #seen: readonly number[] = []
  #drawn = { first: 0, last: 0 }
  #rowCount = 0
  #bytes = 0
  #version = 0

  constructor(fetchWindow: FetchWindow) {
    this.#fetchWindow = fetchWindow
  }

  /** Changes whenever other rows are known than before. */
  readonly version = (): number => this.#version

  /** Calls the listener after every change of `version`, until the answer is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether some rows that were wished for could not be read. */
  get hasUnreadable(): boolean {
    return this.#unreadable.size > 0
  }

  /** Takes the first window, which came with the count; one that is already known to be longer stays. */
  seed(packed: Uint8Array): void {
    const window = new RowWindow(packed)
    if ((this.#kept.get(0)?.window.rowCount ?? -1) >= window.rowCount) return
    this.#keep(0, { window, asked: window.rowCount })
    this.#tell()
  }

  /** Says how many rows there are by now. */
  grow(rowCount: number): void {
    if (rowCount <= this.#rowCount) return
    this.#rowCount = rowCount
    this.#pump()
  }

  /** Says which rows are seen; `towards` is 1 when the view moves down and -1 when it moves up. */
  wish(from: number, to: number, towards: 1 | -1): void {
    const first = windowOf(from)
    const last = windowOf(Math.max(from, to - 1))
    const seen = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    if (towards < 0) seen.reverse()
    const neighbours = towards > 0 ? [last + 1, first - 1] : [first - 1, last + 1]
    const wishes = [...seen, ...neighbours].filter((index) => index >= 0)
    const isForgiven = this.#unreadable.size > 0 && wishes.join() !== this.#wishes.join()
    this.#wishes = wishes
    this.#seen = seen
    this.#drawn = { first: windowOf(Math.max(0, from - DRAWN_BEYOND)), last: windowOf(to + DRAWN_BEYOND) }
    for (const index of wishes) this.#touch(index)
    if (isForgiven) {
      this.#unreadable.clear()
      this.#tell()
    }
    this.#pump()
  }

  /** Asks again for what could not be read. */
  retry(): void {
    this.#unreadable.clear()
    this.#tell()
    this.#pump()
  }

  /** The row when it is in memory. */
  row(row: number): KnownRow | null {
    const window = this.#kept.get(windowOf(row))?.window
    const index = row % WINDOW_ROWS
    return window !== undefined && index < window.rowCount ? { window, index } : null
  }

  /** Whether the row was asked for in vain. */
  isUnreadable(row: number): boolean {
    return this.#unreadable.has(windowOf(row))
  }

  /** The row, fetched when it is not in memory; null when it cannot be read. What is fetched is not kept, so that a long copy does not drive out what is seen. */
  async read(row: number): Promise<KnownRow | null> {
    const known = this.row(row)
    if (known !== null) return known
    const index = windowOf(row)
    const packed = await this.#fetchWindow(index * WINDOW_ROWS, this.#rowsIn(index))
    if (packed === null) return null
    const window = new RowWindow(packed)
    return row % WINDOW_ROWS < window.rowCount ? { window, index: row % WINDOW_ROWS } : null
  }

  #pump(): void {
    for (const index of this.#wishes) {
      const most = this.#seen.includes(index) ? MOST_SEEN_IN_FLIGHT : MOST_IN_FLIGHT
      if (this.#inFlight.size >= most) return
      if (this.#isWanting(index)) void this.#load(index)
    }
  }

  #isWanting(index: number): boolean {
    const rows = this.#rowsIn(index)
    if (rows === 0 || this.#inFlight.has(index) || this.#unreadable.has(index)) return false
    return (this.#kept.get(index)?.asked ?? 0) < rows
  }

  async #load(index: number): Promise<void> {
    const asked = this.#rowsIn(index)
    this.#inFlight.add(index)
    const packed = await this.#fetchWindow(index * WINDOW_ROWS, asked)
    this.#inFlight.delete(index)
    if (packed === null) this.#unreadable.add(index)
    else this.#keep(index, { window: new RowWindow(packed), asked })
    // What was fetched ahead is there when it is scrolled to; nothing looks different yet.
    if (packed === null || (index >= this.#drawn.first && index <= this.#drawn.last)) this.#tell()
    this.#pump()
  }

  #rowsIn(index: number): number {
    return Math.max(0, Math.min(WINDOW_ROWS, this.#rowCount - index * WINDOW_ROWS))
  }

  #keep(index: number, kept: Kept): void {
    this.#bytes += kept.window.byteLength - (this.#kept.get(index)?.window.byteLength ?? 0)
    this.#kept.delete(index)
    this.#kept.set(index, kept)
    for (const [oldest, { window }] of this.#kept) {
      if (this.#kept.size <= MOST_WINDOWS && this.#bytes <= MOST_BYTES) return
      if (oldest === index || this.#wishes.includes(oldest)) continue
      this.#kept.delete(oldest)
      this.#bytes -= window.byteLength
    }
  }

  #touch(index: number): void {
    const kept = this.#kept.get(index)
    if (kept === undefined) return
    this.#kept.delete(index)
    this.#kept.set(index, kept)
  }

  #tell(): void {
    this.#version += 1
    for (const listener of this.#listeners) listener()
  }
}

function windowOf(row: number): number {
  return Math.floor(row / WINDOW_ROWS)
}
