import type { Uncommitted } from '../../contract/query'
import { countOf, formatClock } from '../ui/format'
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

/** What waits for a COMMIT, in words: "2 statements, 14 rows changed"; null when nothing does. */
export function uncommittedWords({ statements, rows, isAtMost }: Uncommitted): string | null {
  if (statements === 0) return null
  const changed = rows === 0 ? '' : `, ${countOf(rows, 'row')} changed`
  return `${isAtMost ? 'at most ' : ''}${countOf(statements, 'statement')}${changed}`
}

/** A tab's transaction as the server last reported it, in words; `now` is the present in `performance.now()` milliseconds. */
export function transactionLook(
  query: Pick<TabQuery, 'transaction' | 'run' | 'endedAt'>,
  now: number,
): TransactionLook {
  const { transaction, run, endedAt } = query
  if (transaction.status === 'none') return { words: 'No transaction', look: 'quiet', remark: null }
  const clock = formatClock(Math.max(0, now - transaction.since))
  const waiting = uncommittedWords(transaction.uncommitted)
  const words = waiting === null ? `In transaction ${clock}` : `In transaction ${clock} · ${waiting}, not committed`
  if (transaction.status === 'aborted') {
    return { words: `Aborted ${clock}`, look: 'is-failed', remark: 'roll back to go on' }
  }
  const idleMs = run.kind === 'running' ? 0 : now - Math.max(endedAt, transaction.since)
  return idleMs < IDLE_LIMIT_MS
    ? { words, look: 'is-running', remark: null }
    : {
        words,
        look: 'is-changed',
        remark: `idle ${formatClock(idleMs)}: it holds its locks until you commit or roll back`,
      }
}
