import type { Channel } from '../../../contract/define'
import { type ResultColumn, type ResultId, type RunEvent, WINDOW_ROWS } from '../../../contract/query'
import { FailureError } from '../failure-error'
import type { Session } from '../session/session'
import type { RowSink } from '../session/wire-tap'
import type { RawColumn } from './raw-query'
import type { ResultRegistry } from './result-registry'
import type { ResultStore } from './result-store'
import { packWindow } from './row-window'
import { describeColumns, unnamedColumns } from './type-name'

/** Milliseconds the socket rests after the first page, so that the window can paint it. */
const PAINT_PAUSE_MS = 50
/** Milliseconds between two counts while rows stream. */
const COUNT_EVERY_MS = 250
/** Bytes of rows kept per result; later rows are read and counted, but not kept. */
const KEPT_BYTES = 512 * 1024 * 1024

interface ReaderParts {
  readonly statement: number
  readonly columns: readonly RawColumn[]
  readonly session: Session
  readonly results: ResultRegistry
  readonly channel: Channel<RunEvent>
  readonly nameTypes: (columns: readonly ResultColumn[]) => Promise<readonly ResultColumn[] | null>
}

/** Takes the rows of one statement off the wire and tells the window how many there are. */
export class RowReader implements RowSink {
  readonly resultId: ResultId
  /** Resolves once the window has been told the names of the columns' types, or they cannot be had. */
  readonly named: Promise<void>
  private readonly parts: ReaderParts
  private readonly store: ResultStore
  private readonly columnCount: number
  private isFirstPageSent = false
  private isFirstPagePlanned = false
  private told = -1
  private dropped = 0
  private counting: NodeJS.Timeout | null = null
  private pausing: NodeJS.Timeout | null = null

  constructor(parts: ReaderParts) {
    this.parts = parts
    const { id, store } = parts.results.create(parts.session.facts.profileId, parts.columns.length, parts.columns)
    this.resultId = id
    this.store = store
    this.columnCount = parts.columns.length
    const columns = describeColumns(parts.columns)
    parts.channel.send({ type: 'columnsArrived', statement: parts.statement, resultId: id, columns })
    this.named = unnamedColumns(parts.columns).length > 0 ? this.nameColumns(columns) : Promise.resolve()
    parts.session.tap.sink = this
  }

  takeRows(bytes: Buffer, start: number, end: number): void {
    if (this.store.byteCount > KEPT_BYTES) this.drop(bytes, start, end)
    else this.store.takeRows(bytes, start, end)
    if (!this.isFirstPagePlanned) {
      this.isFirstPagePlanned = true
      // After this chunk has been cut: its other rows belong to the first page as well.
      setImmediate(() => this.sendFirstPage())
    }
  }

  /** What has to be said about rows that were not kept; null when all were. */
  get remark(): string | null {
    if (this.dropped === 0) return null
    const kept = this.store.rowCount
    return `The first ${kept} of ${kept + this.dropped} rows are kept: more would not fit into memory.`
  }

  /** Ends the reading: the last count goes up, and the tap has no sink any more. */
  finish(): void {
    this.parts.session.tap.sink = null
    if (this.counting !== null) clearInterval(this.counting)
    if (this.pausing !== null) {
      clearTimeout(this.pausing)
      this.parts.session.resume()
    }
    this.store.seal()
    this.tell()
  }

  private sendFirstPage(): void {
    if (this.isFirstPageSent || this.parts.session.tap.sink !== this) return
    this.tell()
    this.parts.session.pause()
    this.pausing = setTimeout(() => this.parts.session.resume(), PAINT_PAUSE_MS)
    this.counting = setInterval(() => this.tell(), COUNT_EVERY_MS)
  }

  private tell(): void {
    const rows = this.store.rowCount
    if (rows === this.told && this.isFirstPageSent) return
    const firstPage = this.isFirstPageSent ? null : this.packFirstPage()
    this.isFirstPageSent = true
    this.told = rows
    const { statement, channel } = this.parts
    channel.send({
      type: 'rowsCounted',
      statement,
      resultId: this.resultId,
      rows,
      byteCount: this.store.byteCount,
      firstPage,
    })
  }

  private packFirstPage(): Uint8Array | null {
    try {
      return packWindow(this.store, this.columnCount, 0, WINDOW_ROWS)
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      this.parts.session.breakOff(error)
      return null
    }
  }

  private drop(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += 1 + bytes.readUInt32BE(at + 1)) this.dropped += 1
  }

  private async nameColumns(columns: readonly ResultColumn[]): Promise<void> {
    const named = await this.parts.nameTypes(columns).catch(() => null)
    if (named === null) return
    const { statement, channel } = this.parts
    channel.send({ type: 'columnTypesNamed', statement, resultId: this.resultId, columns: [...named] })
  }
}
