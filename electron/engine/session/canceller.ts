import { setTimeout as wait } from 'node:timers/promises'

/** Cancel requests sent at most for one statement, and the pause between them. */
const CANCEL_REQUESTS = 20
const CANCEL_PAUSE_MS = 250

/**
 * Sends the cancel requests of one session, again every 250 ms for 5 s while the statement runs on: a request that overtakes its
 * statement is lost. Whoever starts a statement waits for `untilHandled` first, so that no late request can hit it.
 */
export class Canceller {
  private readonly send: () => Promise<void>
  private asked = 0
  private pending: Promise<void> | null = null

  /** `send` sends one request and resolves once the server has handled it. */
  constructor(send: () => Promise<void>) {
    this.send = send
  }

  /** How often a cancel was asked for. */
  get count(): number {
    return this.asked
  }

  /** True while a request may still be on its way. */
  get isAsking(): boolean {
    return this.pending !== null
  }

  /** Resolves once every request that was sent has been handled. */
  async untilHandled(): Promise<void> {
    if (this.pending !== null) await this.pending
  }

  /** Asks for a cancel; null when nothing runs, and then only counts it. */
  async cancel(statement: Promise<unknown> | null): Promise<void> {
    this.asked += 1
    if (statement === null) return
    const handled = this.askUntilEnded(statement)
    // Two may ask at once, the button and the closed tab: the next statement waits for the requests of both.
    const all = Promise.allSettled([this.pending, handled]).then(() => {
      if (this.pending === all) this.pending = null
    })
    this.pending = all
    await handled
  }

  private async askUntilEnded(statement: Promise<unknown>): Promise<void> {
    const ended = statement.then(
      () => true,
      () => true,
    )
    for (let request = 0; request < CANCEL_REQUESTS; request += 1) {
      await this.send()
      if (await Promise.race([ended, wait(CANCEL_PAUSE_MS, false)])) return
    }
  }
}
