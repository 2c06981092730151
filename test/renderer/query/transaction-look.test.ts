import { describe, expect, it } from 'vitest'
import { NEW_QUERY, NO_TRANSACTION, type TabQuery } from '../../../renderer/query/tab-query'
import { transactionLook } from '../../../renderer/query/transaction-look'

function inTransaction(rest: Partial<TabQuery> = {}): TabQuery {
  return { ...NEW_QUERY, transaction: { ...NO_TRANSACTION, status: 'open', since: 1_000 }, endedAt: 2_000, ...rest }
}

describe('the look of a transaction', () => {
  it('is quiet when there is none', () => {
    expect(transactionLook(NEW_QUERY, 1_000_000)).toMatchObject({
      words: 'No transaction',
      look: 'quiet',
      remark: null,
    })
  })

  it('counts from its begin, and turns amber once nothing ran in it for a minute', () => {
    const looks = [61_999, 62_000].map((now) => transactionLook(inTransaction(), now))

    expect(looks.map(({ words, look }) => [words, look])).toEqual([
      ['In transaction 1:00', 'is-running'],
      ['In transaction 1:01', 'is-changed'],
    ])
    expect(looks[1]?.remark).toMatch(/^idle 1:00: it holds its locks/)
  })

  it('is not idle while a statement runs, nor right after one that took long', () => {
    const running = inTransaction({ run: { kind: 'running', startedAt: 2_500, statement: 0, cancelAskedAt: null } })
    const rested = inTransaction({ endedAt: 500_000 })

    expect([running, rested].map((query) => transactionLook(query, 510_000).look)).toEqual(['is-running', 'is-running'])
  })

  it.each([
    [
      { statements: 2, rows: 14, isAtMost: false },
      'In transaction 0:02 · 2 statements, 14 rows changed, not committed',
    ],
    [
      { statements: 1, rows: 1, isAtMost: true },
      'In transaction 0:02 · at most 1 statement, 1 row changed, not committed',
    ],
    [{ statements: 3, rows: 0, isAtMost: false }, 'In transaction 0:02 · 3 statements, not committed'],
  ])('names what waits for a COMMIT: %j', (uncommitted, words) => {
    const query = inTransaction({ transaction: { status: 'open', since: 1_000, uncommitted } })

    expect(transactionLook(query, 3_000).words).toBe(words)
  })

  it('is aborted with what to do about it, however long it has been', () => {
    const aborted = inTransaction({ transaction: { ...NO_TRANSACTION, status: 'aborted', since: 1_000 } })

    expect(transactionLook(aborted, 601_000)).toEqual({
      words: 'Aborted 10:00',
      look: 'is-failed',
      remark: 'roll back to go on',
    })
  })
})
