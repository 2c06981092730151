import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../contract/query'
import { runStatus } from '../../../renderer/query/run-status'
import {
  aRun,
  columnsArrived,
  completed,
  ended,
  failed,
  failures,
  queryAfter,
  resultId,
  rowsCounted,
} from './query-builders'

const paused = (statement: number, id: string): RunEvent => ({
  type: 'readingPaused',
  statement,
  resultId: resultId(id),
  reason: 'rows',
  rows: 500,
  byteCount: 5000,
})
const continued: RunEvent = { type: 'readingContinued', statement: 0, resultId: resultId('r') }
const reading = [columnsArrived(0, 'r'), rowsCounted(0, 'r', 500)]

/** What is shown of the first result's limit. */
const limitAfter = (...events: readonly RunEvent[]) => {
  const [result] = queryAfter(...aRun('a', ...events)).results
  return { paused: result?.paused?.reason ?? null, isFirstPart: result?.isFirstPart, rowCount: result?.rowCount }
}

describe('a result at a limit', () => {
  it.each<[string, readonly RunEvent[], ReturnType<typeof limitAfter>]>([
    ['is paused', [...reading, paused(0, 'r')], { paused: 'rows', isFirstPart: false, rowCount: 500 }],
    ['goes on', [...reading, paused(0, 'r'), continued], { paused: null, isFirstPart: false, rowCount: 500 }],
    [
      'is the first part when its statement was stopped',
      [...reading, paused(0, 'r'), failed(0, failures.cancelled, { resultId: resultId('r') }), ended('cancelled')],
      { paused: null, isFirstPart: true, rowCount: 500 },
    ],
    [
      'is whole when its statement has completed',
      [
        ...reading,
        paused(0, 'r'),
        continued,
        completed(0, 'SELECT 500', { resultId: resultId('r') }),
        ended('complete'),
      ],
      { paused: null, isFirstPart: false, rowCount: 500 },
    ],
    [
      'keeps the count it has when the pause is heard again after a reload',
      [columnsArrived(0, 'r'), rowsCounted(0, 'r', 900), paused(0, 'r'), continued],
      { paused: null, isFirstPart: false, rowCount: 900 },
    ],
  ])('%s', (_, events, expected) => {
    expect(limitAfter(...events)).toEqual(expected)
  })

  it('is said to be paused beside Run, and where, when another result is shown', () => {
    const first = queryAfter(...aRun('a', ...reading, paused(0, 'r')))
    const one = completed(0, 'SELECT 0', { resultId: resultId('one') })
    const second = queryAfter(...aRun('a;b', columnsArrived(0, 'one'), one, columnsArrived(1, 'two'), paused(1, 'two')))

    expect([runStatus(first, 3000).detail, runStatus(second, 3000).detail]).toEqual([
      'paused · 500 rows · 2.0 s',
      'paused, see Result 2 · statement 1 of 2 · 2.0 s',
    ])
  })
})
