import type { Session } from '../session/session'
import { countRows } from './reading-limits'
import type { RowTaker } from './row-reader'

/** Results that one run keeps; nobody looks through more of them, and each costs memory. */
export const RESULTS_KEPT = 1_000

/** Counts the rows of a statement and keeps none, where its run keeps as many results as it may. */
export class UnkeptRows implements RowTaker {
  readonly resultId = null
  readonly named: Promise<void> = Promise.resolve()
  readonly failure = null
  private readonly session: Session
  private rows = 0

  constructor(session: Session) {
    this.session = session
    session.tap.sink = this
  }

  takeRows(bytes: Buffer, start: number, end: number): void {
    this.rows += countRows(bytes, start, end)
  }

  /** Says how many rows came, and why they are not there. */
  get remark(): string {
    const rows = this.rows === 1 ? 'One row was' : `${this.rows.toLocaleString('en-US')} rows were`
    return `${rows} not kept: a run keeps the rows of its first ${RESULTS_KEPT.toLocaleString('en-US')} results.`
  }

  finish(): void {
    this.session.tap.sink = null
  }
}
