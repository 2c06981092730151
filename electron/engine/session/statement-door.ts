import type { Client } from 'pg'
import type { TransactionStatus } from '../../../contract/session'
import type { RowSink, WireTap } from './wire-tap'

/** One statement for `Session.run`: what the driver calls on a custom query object (pg's `Submittable`). */
export interface RawStatement {
  /** Sends the statement; always answers null. */
  submit(connection: unknown): null
  handleError(error: unknown): void
  /** What `handleError` was given first; undefined while all is well. */
  readonly error: unknown
}

/** Takes the rows of statements that are run for their effect. */
const NO_ROWS: RowSink = { takeRows: () => {} }

/** Hands statements to the driver, and knows when the server is ready for the next one. */
export class StatementDoor {
  private readonly client: Client
  private readonly tap: WireTap
  private readonly readyListeners = new Set<(status: TransactionStatus) => void>()
  private active: RawStatement | null = null
  private giveUp: () => void = () => {}

  constructor(client: Client, tap: WireTap) {
    this.client = client
    this.tap = tap
  }

  /** What the statement under way was told last by the server; undefined when that is nothing, or none is under way. */
  get error(): unknown {
    return this.active?.error
  }

  /** Notes that the server is ready. */
  noteReady(status: TransactionStatus): void {
    for (const listener of [...this.readyListeners]) listener(status)
  }

  /** Settles the statement of `submit` when the connection has ended under it. */
  abandon(): void {
    this.giveUp()
  }

  /** Resolves when the server is ready the next time, or gone. */
  nextReady(): Promise<void> {
    const { client } = this
    return new Promise((resolve) => {
      const settle = () => {
        this.readyListeners.delete(settle)
        client.off('end', settle)
        resolve()
      }
      this.readyListeners.add(settle)
      client.once('end', settle)
    })
  }

  /** Sends a statement; resolves when the server is ready for the next one, rejects with what `explain` makes of its error. */
  submit(statement: RawStatement, explain: (error: unknown) => Error): Promise<TransactionStatus> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.active = null
        this.giveUp = () => {}
        if (this.tap.sink === NO_ROWS) this.tap.sink = null
        this.readyListeners.delete(onReady)
      }
      const onReady = (status: TransactionStatus) => {
        settle()
        if (statement.error === undefined) resolve(status)
        else reject(explain(statement.error))
      }
      this.giveUp = () => {
        settle()
        reject(explain(statement.error))
      }
      this.readyListeners.add(onReady)
      this.active = statement
      // The driver would make texts of rows that nobody looks at; whoever does takes its place.
      this.tap.sink ??= NO_ROWS
      this.client.query(statement as never)
    })
  }
}
