import type { Channel } from '../../../contract/define'
import type { Failure } from '../../../contract/failure'
import { type ResultColumn, type ResultId, type RunEvent, WINDOW_ROWS } from '../../../contract/query'
import { FailureError } from '../failure-error'
import type { RawColumn } from '../session/raw-query'
import type { Session } from '../session/session'
import type { RowSink } from '../session/wire-tap'
import { countRows, LimitGauge } from './reading-limits'
import type { ResultRegistry } from './result-registry'
import type { ResultStore } from './result-store'
import { packWindow } from './row-window'
import { SocketBrake } from './socket-brake'
import { spillFailure } from './spill-failure'
import { describeColumns, unnamedColumns } from './type-name'

/** Milliseconds the socket rests after the first page, so that the window can paint it. */
const PAINT_PAUSE_MS = 50
/** Milliseconds between two counts while rows stream. */
const COUNT_EVERY_MS = 250

interface ReaderParts {
  readonly statement: number
  readonly columns: readonly RawColumn[]
  readonly session: Session
  readonly results: ResultRegistry
  readonly channel: Channel<RunEvent>
  readonly nameTypes: (columns: readonly ResultColumn[]) => Promise<readonly ResultColumn[] | null>
}

/** What becomes of the rows of one statement. */
export interface RowTaker extends RowSink {
  /** Null when they are not kept. */
  readonly resultId: ResultId | null
  /** Resolves once the window has been told the names of the columns' types, or they cannot be had. */
  readonly named: Promise<void>
  /** Why rows could not be kept any more, when the statement was stopped for it; null otherwise. */
  readonly failure: Failure | null
  /** What has to be said about rows of a complete statement that were not kept; null when all were. */
  readonly remark: string | null
  /** Ends the taking. */
  finish(isComplete: boolean): void
}

/** Takes the rows of one statement off the wire and tells the window how many there are. */
export class RowReader implements RowTaker {
  readonly resultId: ResultId
  /** Resolves once the window has been told the names of the columns' types, or they cannot be had. */
  readonly named: Promise<void>
  private readonly parts: ReaderParts
  private readonly store: ResultStore
  private readonly columnCount: number
  private isFirstPageSent = false
  private isFirstPagePlanned = false
  private told = -1
  /** Rows that came and were not kept. */
  private dropped = 0
  private counting: NodeJS.Timeout | null = null
  private painting: NodeJS.Timeout | null = null
  private readonly brake: SocketBrake
  private readonly gauge: LimitGauge
  /** While reading is paused at a limit: rows past it that were in the same piece of the stream. */
  private heldBack: { readonly pieces: Buffer[]; isToldOf: boolean } | null = null
  private isOver = false
  private failed: Failure | null = null

  constructor(parts: ReaderParts) {
    this.parts = parts
    const { id, store } = parts.results.create(parts.session.facts.profileId, parts.columns.length, parts.columns)
    this.resultId = id
    this.store = store
    this.store.onWritten = () => this.noteWritten()
    this.brake = new SocketBrake(parts.session)
    this.gauge = new LimitGauge(parts.results.limits)
    this.columnCount = parts.columns.length
    const columns = describeColumns(parts.columns)
    parts.channel.send({ type: 'columnsArrived', statement: parts.statement, resultId: id, columns })
    this.named = unnamedColumns(parts.columns).length > 0 ? this.nameColumns(columns) : Promise.resolve()
    parts.session.tap.sink = this
  }

  takeRows(bytes: Buffer, start: number, end: number): void {
    if (this.failed !== null || this.heldBack?.isToldOf === true) {
      // Somebody else let the socket go on, to see the end of a cancelled statement: past a gap nothing is kept any more.
      this.dropped += countRows(bytes, start, end)
      this.parts.results.notePause(this.resultId, null)
    } else if (this.heldBack !== null) this.heldBack.pieces.push(Buffer.from(bytes.subarray(start, end)))
    else this.keep(bytes, start, end)
    if (!this.isFirstPagePlanned) {
      this.isFirstPagePlanned = true
      // After this chunk has been cut: its other rows belong to the first page as well.
      setImmediate(() => this.sendFirstPage())
    }
  }

  /** Why rows could not be kept any more, when the statement was stopped for it; null otherwise. */
  get failure(): Failure | null {
    return this.failed
  }

  /** What has to be said about rows of a complete statement that were not kept; null when all were. */
  get remark(): string | null {
    if (this.dropped === 0) return null
    const kept = this.store.rowCount
    const why = this.failed === null ? 'reading had been stopped.' : 'the rest could not be written to the disk.'
    const counted = (rows: number) => rows.toLocaleString('en-US')
    return `The first ${counted(kept)} of ${counted(kept + this.dropped)} rows are kept: ${why}`
  }

  /** Ends the reading: the last count goes up, and the tap has no sink any more. */
  finish(isComplete: boolean): void {
    this.isOver = true
    this.parts.session.tap.sink = null
    if (this.counting !== null) clearInterval(this.counting)
    if (this.painting !== null) clearTimeout(this.painting)
    this.parts.results.notePause(this.resultId, null)
    for (const piece of this.heldBack?.pieces ?? []) {
      // All of them came before anybody was asked: then nothing is left out.
      if (isComplete && this.dropped === 0) this.store.takeRows(piece, 0, piece.length)
      else this.dropped += countRows(piece, 0, piece.length)
    }
    this.brake.releaseAll()
    this.store.seal()
    this.tell()
  }

  private keep(bytes: Buffer, start: number, end: number): void {
    const { rowCount: rows, byteCount } = this.store
    const cut = this.gauge.cut({ rows, bytes: byteCount }, bytes, start, end)
    this.store.takeRows(bytes, start, cut)
    if (this.store.isBehind) this.brake.hold('writing')
    if (cut < end) this.pauseAtLimit(Buffer.from(bytes.subarray(cut, end)))
  }

  private pauseAtLimit(rest: Buffer): void {
    this.heldBack = { pieces: [rest], isToldOf: false }
    this.brake.hold('limit')
    // After this chunk has been cut: it may hold the end of the statement, and then there is nothing to ask.
    setImmediate(() => this.tellPause())
  }

  private tellPause(): void {
    if (this.isOver || this.failed !== null || this.heldBack === null) return
    this.heldBack.isToldOf = true
    this.tell()
    this.parts.results.notePause(this.resultId, () => this.readOn())
    const { statement, channel } = this.parts
    const { rowCount: rows, byteCount } = this.store
    const reason = this.gauge.reason(rows)
    channel.send({ type: 'readingPaused', statement, resultId: this.resultId, reason, rows, byteCount })
  }

  private readOn(): void {
    const { heldBack, store } = this
    const { statement, channel, results } = this.parts
    if (heldBack === null) return
    results.notePause(this.resultId, null)
    this.gauge.raise(store.rowCount, store.byteCount)
    this.heldBack = null
    channel.send({ type: 'readingContinued', statement, resultId: this.resultId })
    for (const piece of heldBack.pieces) this.takeRows(piece, 0, piece.length)
    // They may have been more than the limit allows once more.
    if (this.heldBack === null) this.brake.release('limit')
  }

  private noteWritten(): void {
    const { spillError, isBehind } = this.store
    if (spillError !== null && !this.isOver && this.failed === null) {
      this.failed = spillFailure(spillError, this.store.rowCount)
      void this.parts.session.cancel().catch(() => {})
    }
    if (!isBehind) this.brake.release('writing')
  }

  private sendFirstPage(): void {
    if (this.isOver) return
    this.tell()
    this.brake.hold('painting')
    this.painting = setTimeout(() => this.brake.release('painting'), PAINT_PAUSE_MS)
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

  private async nameColumns(columns: readonly ResultColumn[]): Promise<void> {
    const named = await this.parts.nameTypes(columns).catch(() => null)
    if (named === null) return
    const { statement, channel } = this.parts
    channel.send({ type: 'columnTypesNamed', statement, resultId: this.resultId, columns: [...named] })
  }
}
