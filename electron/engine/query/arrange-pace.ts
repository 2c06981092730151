import { setImmediate as nextTurn } from 'node:timers/promises'
import { FailureError } from '../failure-error'

/** Milliseconds of work after which others get their turn. */
const TURN_MS = 15
/** Milliseconds between two reports. */
const REPORT_MS = 100

/** What long work over rows asks now and then. */
export interface Pace {
  /** True when others have waited long enough: call `rest`. */
  readonly isDue: boolean
  /** Lets others work; throws `cancelled` when nobody wants the outcome any more. */
  rest(done: number): Promise<void>
}

/** A pace that lets other tabs' rows, cancels and windows through every few milliseconds, and reports how far the work has come. */
export function paceOf(channel: { readonly isClosed: boolean }, report: (done: number) => void): Pace {
  let since = performance.now()
  let reportedAt = since
  return {
    get isDue() {
      return performance.now() - since > TURN_MS
    },
    rest: async (done) => {
      await nextTurn()
      if (channel.isClosed) throw new FailureError({ kind: 'cancelled', message: 'Stopped.' })
      since = performance.now()
      if (since - reportedAt < REPORT_MS) return
      reportedAt = since
      report(done)
    },
  }
}
