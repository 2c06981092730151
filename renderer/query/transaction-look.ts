import { formatClock } from '../ui/format'
import type { TabQuery } from './tab-query'

/** Milliseconds after which an open transaction that does nothing is marked: it holds locks and keeps old rows from being cleaned up. */
const IDLE_LIMIT_MS = 60_000

/** What the status bar says of a tab's transaction. */
export interface TransactionLook {
  /** Begins with one of the words that tests and screen readers rely on. */
  readonly words: string
  readonly look: 'quiet' | 'is-running' | 'is-changed' | 'is-failed'
  /** What to do about it; null when there is nothing to say. */
  readonly remark: string | null
}

/** A tab's transaction as the server last reported it, in words; `now` is the present in `performance.now()` milliseconds. */
export function transactionLook(
  query: Pick<TabQuery, 'transaction' | 'run' | 'endedAt'>,
  now: number,
): TransactionLook {
  const { transaction, run, endedAt } = query
  if (transaction.status === 'none') return { words: 'No transaction', look: 'quiet', remark: null }
  const clock = formatClock(Math.max(0, now - transaction.since))
  if (transaction.status === 'aborted') {
    return { words: `Aborted ${clock}`, look: 'is-failed', remark: 'roll back to go on' }
  }
  const idleMs = run.kind === 'running' ? 0 : now - Math.max(endedAt, transaction.since)
  return idleMs < IDLE_LIMIT_MS
    ? { words: `In transaction ${clock}`, look: 'is-running', remark: null }
    : {
        words: `In transaction ${clock}`,
        look: 'is-changed',
        remark: `idle ${formatClock(idleMs)}: it holds its locks until you commit or roll back`,
      }
}
