import { describe, expect, it } from 'vitest'
import type { ResultId, RunEvent } from '../../contract/query'
import type { TransactionStatus } from '../../contract/session'
import { NOTHING_UNCOMMITTED, uncommittedAfter } from '../../contract/uncommitted'

function completed(commandTag: string, hasRows = false): RunEvent {
  const count = / (\d+)$/.exec(commandTag)
  return {
    type: 'statementCompleted',
    statement: 0,
    commandTag,
    resultId: hasRows ? ('result-1' as ResultId) : null, // branded here: no result is kept
    rows: count === null ? null : Number(count[1]),
    elapsedMs: 1,
    remark: null,
  }
}

const reported = (status: TransactionStatus): RunEvent => ({ type: 'transactionReported', status })

/** What waits for a COMMIT after events of one session. */
function after(...events: readonly RunEvent[]): string {
  let status: TransactionStatus = 'none'
  let waiting = NOTHING_UNCOMMITTED
  for (const event of events) {
    waiting = uncommittedAfter(waiting, status, event)
    if (event.type === 'transactionReported') status = event.status
  }
  return `${waiting.isAtMost ? 'at most ' : ''}${waiting.statements} statements, ${waiting.rows} rows`
}

const begun = [completed('BEGIN'), reported('open')]
const two = [completed('UPDATE 12'), completed('INSERT 0 2')]

describe('what waits for a COMMIT', () => {
  it.each<[string, readonly RunEvent[], string]>([
    [
      'rows of INSERT, UPDATE, DELETE and MERGE',
      [...begun, ...two, completed('DELETE 1'), completed('MERGE 3')],
      '4 statements, 18 rows',
    ],
    ['rows that RETURNING brought', [...begun, completed('DELETE 5', true)], '1 statements, 5 rows'],
    [
      'definitions without rows',
      [...begun, completed('CREATE TABLE'), completed('TRUNCATE TABLE'), completed('DO')],
      '3 statements, 0 rows',
    ],
    [
      'what COPY FROM and SELECT INTO brought in',
      [...begun, completed('COPY 7'), completed('SELECT 3')],
      '2 statements, 10 rows',
    ],
    [
      'nothing that reads',
      [...begun, completed('SELECT 3', true), completed('COPY 7', true), completed('SHOW', true), completed('SET')],
      '0 statements, 0 rows',
    ],
    ['nothing that found no row', [...begun, completed('UPDATE 0')], '0 statements, 0 rows'],
    ['nothing outside a transaction', two, '0 statements, 0 rows'],
    [
      'nothing behind the end of the transaction',
      [...begun, ...two, completed('COMMIT'), reported('none')],
      '0 statements, 0 rows',
    ],
    [
      'only what came behind COMMIT AND CHAIN',
      [...begun, ...two, completed('COMMIT'), completed('DELETE 1')],
      '1 statements, 1 rows',
    ],
    ['at most what a ROLLBACK TO left', [...begun, ...two, completed('ROLLBACK')], 'at most 2 statements, 14 rows'],
  ])('counts %s', (_, events, waiting) => {
    expect(after(...events)).toBe(waiting)
  })
})
