import { describe, expect, it } from 'vitest'
import { keptRows, runStatus } from '../../../renderer/query/run-status'
import type { QueryEvent } from '../../../renderer/query/tab-query'
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
  sessionFacts,
} from './query-builders'

const opened = { type: 'sessionOpened', facts: sessionFacts() } as const
const started = (statement: number) => ({ type: 'statementStarted', statement }) as const

describe('run status', () => {
  it.each<[string, readonly QueryEvent[], ReturnType<typeof runStatus>]>([
    ['a new tab', [], { word: 'Ready', detail: '', tone: 'quiet' }],
    ['an open session', [opened], { word: 'Ready', detail: 'pid 4711', tone: 'quiet' }],
    [
      'a run that waits for its session',
      [{ type: 'runStarted', at: 1000 }, { type: 'sessionOpening' }],
      { word: 'Running', detail: 'connecting · 2.0 s', tone: 'running' },
    ],
    [
      'a run of one statement',
      [opened, ...aRun('a', started(0))],
      { word: 'Running', detail: '2.0 s', tone: 'running' },
    ],
    [
      'the second of three statements with rows',
      [opened, ...aRun('a;b;c', started(1), columnsArrived(1, 'r'), rowsCounted(1, 'r', 12_345))],
      { word: 'Running', detail: 'statement 2 of 3 · 12,345 rows · 2.0 s', tone: 'running' },
    ],
    [
      'a run that is being cancelled',
      [opened, ...aRun('a', started(0)), { type: 'cancelAsked', at: 1200 }],
      { word: 'Running', detail: 'cancelling… 2.0 s', tone: 'running' },
    ],
    [
      'a complete SELECT',
      [
        opened,
        ...aRun('a', columnsArrived(0, 'r'), rowsCounted(0, 'r', 1), completed(0, 'SELECT 1'), ended('complete')),
      ],
      { word: 'Complete', detail: '1 row · 40 ms', tone: 'applied' },
    ],
    [
      'a complete command',
      [opened, ...aRun('a', completed(0, 'CREATE TABLE'), ended('complete', 1234))],
      { word: 'Complete', detail: 'CREATE TABLE · 1.23 s', tone: 'applied' },
    ],
    [
      'a complete script',
      [opened, ...aRun('a;b', completed(0, 'DO'), completed(1, 'DO'), ended('complete'))],
      { word: 'Complete', detail: '2 statements · 40 ms', tone: 'applied' },
    ],
    [
      'a failed statement',
      [opened, ...aRun('a', failed(0, failures.postgres), ended('failed'))],
      { word: 'Failed', detail: '40 ms', tone: 'failed' },
    ],
    [
      'a script that went on after failures',
      [
        { type: 'onFailureChosen', onFailure: 'continue' },
        opened,
        ...aRun(
          'a;b;c',
          failed(0, failures.postgres),
          completed(1, 'DO'),
          failed(2, failures.postgres),
          ended('failed'),
        ),
      ],
      { word: 'Failed', detail: '2 of 3 statements · 40 ms', tone: 'failed' },
    ],
    [
      'a COMMIT that was answered with ROLLBACK',
      [
        opened,
        ...aRun(
          'commit',
          failed(0, { kind: 'refused', issues: [{ path: 'transaction', message: 'It was rolled back.' }] }),
          ended('failed'),
        ),
      ],
      { word: 'Failed', detail: 'rolled back, not committed · 40 ms', tone: 'failed' },
    ],
    [
      'a failed script',
      [opened, ...aRun('a;b;c', failed(1, failures.postgres), ended('failed'))],
      { word: 'Failed', detail: 'statement 2 of 3 · 40 ms', tone: 'failed' },
    ],
    [
      'a cancelled run with rows',
      [
        opened,
        ...aRun(
          'a',
          columnsArrived(0, 'r'),
          rowsCounted(0, 'r', 2000),
          failed(0, failures.cancelled),
          ended('cancelled'),
        ),
      ],
      { word: 'Cancelled', detail: '2,000 rows kept · 40 ms', tone: 'quiet' },
    ],
    [
      'a cancelled run without rows',
      [opened, ...aRun('a', failed(0, failures.cancelled), ended('cancelled'))],
      { word: 'Cancelled', detail: '40 ms', tone: 'quiet' },
    ],
    [
      'a lost run',
      [opened, ...aRun('a', failed(0, failures.unknown), ended('lost'))],
      { word: 'Lost', detail: 'It is unknown whether it took effect.', tone: 'changed' },
    ],
  ])('of %s', (_name, events, expected) => {
    expect(runStatus(queryAfter(...events), 3000)).toEqual(expected)
  })

  it('never counts backwards', () => {
    expect(runStatus(queryAfter(opened, ...aRun('a')), 500).detail).toBe('0.0 s')
  })
})

describe('kept rows', () => {
  it('are those of the shown result, else of the last one', () => {
    const query = queryAfter(
      ...aRun(
        'a;b',
        columnsArrived(0, 'one'),
        rowsCounted(0, 'one', 1),
        columnsArrived(1, 'two'),
        rowsCounted(1, 'two', 2),
      ),
    )

    expect([
      keptRows(query),
      keptRows({ ...query, chosen: resultId('two') }),
      keptRows({ ...query, chosen: 'messages' }),
      keptRows(queryAfter()),
    ]).toEqual([1, 2, 2, null])
  })
})
