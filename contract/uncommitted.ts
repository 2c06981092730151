import type { RunEvent, Uncommitted } from './query'
import type { TransactionStatus } from './session'

/** Nothing is waiting for a COMMIT. */
export const NOTHING_UNCOMMITTED: Uncommitted = { statements: 0, rows: 0, isAtMost: false }

const COUNTS_ROWS = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

/** Commands that change nothing that a COMMIT would keep. */
const CHANGES_NOTHING = new Set(
  `BEGIN START SAVEPOINT RELEASE SHOW SET RESET EXPLAIN FETCH MOVE DECLARE CLOSE PREPARE DEALLOCATE LISTEN UNLISTEN NOTIFY LOCK DISCARD
  CHECKPOINT ANALYZE`.split(/\s+/),
)

/** What waits for a COMMIT behind an event of a run; `status` is the transaction's before it. */
export function uncommittedAfter(before: Uncommitted, status: TransactionStatus, event: RunEvent): Uncommitted {
  if (event.type === 'transactionReported') return event.status === 'none' ? NOTHING_UNCOMMITTED : before
  if (event.type !== 'statementCompleted' || status === 'none') return before
  const [command = ''] = event.commandTag.split(' ')
  if (command === 'COMMIT') return NOTHING_UNCOMMITTED // AND CHAIN: the next one is open already
  if (command === 'ROLLBACK') return before.statements === 0 ? before : { ...before, isAtMost: true }
  // What sends rows reads; SELECT INTO sends none.
  const isReading = event.resultId !== null && (command === 'SELECT' || command === 'COPY')
  const rows = COUNTS_ROWS.has(command) || command === 'SELECT' ? (event.rows ?? 0) : null
  if (command === '' || isReading || rows === 0 || CHANGES_NOTHING.has(command)) return before
  return { ...before, statements: before.statements + 1, rows: before.rows + (rows ?? 0) }
}
