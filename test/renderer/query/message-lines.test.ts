import { describe, expect, it } from 'vitest'
import type { HeardNotice } from '../../../contract/query'
import { clockTime, messageLines, messagesText } from '../../../renderer/query/message-lines'
import { aRun, completed, failed, failures, queryAfter } from './query-builders'

const at = new Date(2024, 0, 2, 3, 4, 5, 6).getTime()

function noticed(statement: number, dropped: number, ...notices: readonly Partial<HeardNotice>[]) {
  const whole = notices.map((rest) => ({ severity: 'NOTICE', code: '00000', message: 'hello', at, ...rest }))
  return { type: 'noticesArrived' as const, statement, notices: whole, dropped }
}

describe('the lines of Messages', () => {
  it('put notices behind their statement, and the count of those that are not kept behind them', () => {
    const { statements } = queryAfter(...aRun('a;b', noticed(0, 3, {}, {}), noticed(1, 0, {})))

    const lines = messageLines(statements)

    expect(lines.map((line) => (line.kind === 'dropped' ? line.count : line.kind))).toEqual([
      'statement',
      'notice',
      'notice',
      3,
      'statement',
      'notice',
    ])
  })

  it('are copied as text with times, details, places and what was not run', () => {
    const { statements } = queryAfter(
      ...aRun(
        'select 1;select a;select 3',
        noticed(0, 1, { severity: 'WARNING', message: 'careful', hint: 'look' }),
        completed(0, 'SELECT 1'),
        failed(1, failures.postgres),
      ),
    )

    const text = messagesText(statements, () => 'line 1, column 17')

    expect(text.split('\n')).toEqual([
      '1. select 1',
      '   SELECT 1 · 5 ms',
      '   03:04:05.006 WARNING: careful',
      '   look',
      '   1 more notice of this statement is counted, but not kept.',
      '2. select a',
      '   ERROR: column "a" does not exist',
      '   Position: line 1, column 17',
      '   SQLSTATE: 42703',
      '3. select 3',
      '   not run',
    ])
  })

  it('show local time to the millisecond', () => {
    expect(clockTime(at)).toBe('03:04:05.006')
  })
})
