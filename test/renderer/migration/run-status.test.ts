import { describe, expect, it } from 'vitest'
import type { MigrationFailure } from '../../../contract/failure'
import type { TabId } from '../../../contract/workspace'
import { planSentence, planTitle } from '../../../renderer/migration/plan-words'
import type { MigrationsEvent } from '../../../renderer/migration/reduce-migrations'
import { runStatus } from '../../../renderer/migration/run-status'
import { clockTime, listed } from '../../../renderer/migration/words'
import { formatSeconds } from '../../../renderer/ui/format'
import {
  aBlocker,
  aMigration,
  anOverview,
  aPlan,
  aStep,
  listArrived,
  migrationsAfter,
  reported,
  runStarted,
} from './builders'

const plan = aPlan(['a', 'b', 'c', 'd'].map((name) => aStep(name)))
const redone = aPlan([aStep('b', 'roll back'), aStep('a', 'roll back'), aStep('a'), aStep('b')], {
  action: { kind: 'redo', name: 'a' },
  direction: 'apply',
})
const open = listArrived(['a', 'b', 'c', 'd'].map((name) => aMigration(name)))
const noon = new Date(2026, 0, 1, 12, 0, 0).getTime()

function failure(cause: MigrationFailure['cause']): MigrationFailure {
  return {
    kind: 'migration',
    migration: 'b',
    direction: 'apply',
    file: 'b.up.sql',
    statement: 1,
    statementCount: 2,
    statementText: 'select x',
    line: 4,
    column: 8,
    left: 'nothing of b is left.',
    cause,
  }
}

function ended(outcome: 'complete' | 'nothing to do' | 'failed' | 'cancelled'): MigrationsEvent {
  return reported({ type: 'runEnded', outcome, elapsedMs: 120, overview: anOverview([aMigration('a')]) })
}

const step = (name: string, number: number) => reported({ type: 'stepStarted', name, step: number })
const committed = (name: string, number: number) => [
  step(name, number),
  reported({ type: 'stepCommitted', name, step: number, elapsedMs: 1 }),
]
const failed = failure({ kind: 'postgres', severity: 'ERROR', code: '42703', message: 'column "x" does not exist' })
const cancelled = failure({ kind: 'cancelled', message: 'canceling statement due to user request' })

const cases: readonly (readonly [string, string, readonly MigrationsEvent[]])[] = [
  ['', '', []],
  ['4 migrations pending', 'Next: a', [open]],
  ['Up to date', 'Last applied: a by ada', [listArrived([aMigration('a', 'applied', { appliedBy: 'ada' })], 1)]],
  ['Running 1 of 4', '', [open, ...runStarted(plan)]],
  [
    'Running 1 of 4, statement 2 of 2',
    'a',
    [open, ...runStarted(plan), step('a', 1), reported({ type: 'statementStarted', name: 'a', statement: 2 })],
  ],
  [
    'Rolling back 1 of 1, statement 1 of 2',
    'a',
    [
      ...runStarted(aPlan([aStep('a', 'roll back')])),
      step('a', 1),
      reported({ type: 'statementStarted', name: 'a', statement: 1 }),
    ],
  ],
  [
    'Waiting for the migration lock held by psql (pid 4711, role app_rw) since 11:59:58',
    '',
    [...runStarted(plan), reported({ type: 'lockAwaited', holder: aBlocker(), waitedMs: 2000 }, noon)],
  ],
  [
    'Waiting for the migration lock since 12:00:00',
    '',
    [...runStarted(plan), reported({ type: 'lockAwaited', holder: null, waitedMs: 0 }, noon)],
  ],
  [
    'Running 1 of 4, statement 1 of 2',
    'Blocked by a session without a name (pid 4711, role app_rw), and by 1 more',
    [
      ...runStarted(plan),
      step('a', 1),
      reported({ type: 'statementStarted', name: 'a', statement: 1 }),
      reported({
        type: 'statementBlocked',
        name: 'a',
        statement: 1,
        by: [aBlocker({ applicationName: '' }), aBlocker({ backendPid: 2 })],
      }),
    ],
  ],
  [
    'Running 1 of 4, statement 1 of 2, try 2 of 3',
    'The lock was not granted within 5 s. Blocked by your own tab',
    [
      ...runStarted(plan),
      step('a', 1),
      reported({ type: 'statementStarted', name: 'a', statement: 1 }),
      reported({
        type: 'statementBlocked',
        name: 'a',
        statement: 1,
        by: [aBlocker({ tabId: 'tab' as TabId })],
      }),
      reported({
        type: 'lockTimedOut',
        name: 'a',
        statement: 1,
        lockTimeout: '5s',
        attempt: 2,
        tries: 3,
        pauseMs: 1000,
      }),
    ],
  ],
  [
    'Nothing to apply',
    'Already applied by ci: a and b',
    [
      ...runStarted(plan),
      reported({
        type: 'doneElsewhere',
        steps: [
          { name: 'a', title: 'a', by: 'ci' },
          { name: 'b', title: 'b', by: 'ci' },
        ],
      }),
      ended('nothing to do'),
    ],
  ],
  ['Running 1 of 4', 'Cancelling', [...runStarted(plan), step('a', 1), { type: 'cancelAsked' }]],
  [
    'Applied 4 migrations in 0.12 s',
    'a, b, c and d',
    [
      ...runStarted(plan),
      ...['a', 'b', 'c', 'd'].flatMap((name, index) => committed(name, index + 1)),
      ended('complete'),
    ],
  ],
  [
    'Rolled back 1 migration in 0.12 s',
    'a',
    [...runStarted(aPlan([aStep('a', 'roll back')])), ...committed('a', 1), ended('complete')],
  ],
  [
    'Failed: ERROR: column "x" does not exist',
    'b, line 4. Applied before: a',
    [
      ...runStarted(plan),
      ...committed('a', 1),
      step('b', 2),
      reported({ type: 'stepFailed', name: 'b', step: 2, failure: failed }),
      ended('failed'),
    ],
  ],
  [
    'Failed: ERROR: column "x" does not exist',
    'b, line 4. Applied again: a. Stays rolled back: b',
    [
      open,
      ...runStarted(redone),
      ...committed('b', 1),
      ...committed('a', 2),
      ...committed('a', 3),
      step('b', 4),
      reported({ type: 'stepFailed', name: 'b', step: 4, failure: failed }),
      ended('failed'),
    ],
  ],
  [
    'Cancelled: nothing of b is left.',
    'Applied before: a',
    [
      ...runStarted(plan),
      ...committed('a', 1),
      step('b', 2),
      reported({ type: 'stepFailed', name: 'b', step: 2, failure: cancelled }),
      ended('cancelled'),
    ],
  ],
  ['Cancelled: nothing was applied', '', [...runStarted(plan), ended('cancelled')]],
  ['Cancelled: applied 1 of 4 migrations', 'a', [...runStarted(plan), ...committed('a', 1), ended('cancelled')]],
  [
    'Nothing to apply',
    'Last applied: a',
    [listArrived([aMigration('a', 'applied')], 1), { type: 'planFoundNothing', plan: aPlan([]) }],
  ],
  [
    'Refused: nothing was run',
    '1 reason',
    [
      {
        type: 'planRefused',
        action: { kind: 'apply all' },
        plan: aPlan([], { refusals: [{ path: 'a', message: 'a.up.sql, line 1: COMMIT is not allowed here.' }] }),
      },
    ],
  ],
]

describe('migration status', () => {
  it.each(cases)('says "%s" and "%s"', (text, detail, events) => {
    expect(runStatus(migrationsAfter(...events))).toMatchObject({ text, detail })
  })

  it('measures progress in steps and in statements of the step at work', () => {
    const migrations = migrationsAfter(
      ...runStarted(plan),
      ...committed('a', 1),
      step('b', 2),
      reported({ type: 'statementCompleted', name: 'b', statement: 1, elapsedMs: 1, rows: null }),
    )

    expect(runStatus(migrations).progress).toBe(1.5 / 4)
  })
})

describe('words', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd'], 'a, b, c and d'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('list %j as "%s"', (names, expected) => {
    expect(listed(names)).toBe(expected)
  })

  it('tell short runs in seconds', () => {
    expect([0, 4, 120, 1940, 252_000].map(formatSeconds)).toEqual(['0.00 s', '0.00 s', '0.12 s', '1.94 s', '4:12 min'])
  })

  it('tell the time of the day', () => {
    expect(clockTime(new Date(2026, 0, 1, 9, 5, 7).getTime())).toBe('09:05:07')
  })

  it('say that the migration rolled back to is included', () => {
    const down = aPlan(
      ['departments', 'sample data', 'rename'].map((name) => aStep(name, 'roll back')),
      { action: { kind: 'roll back to', name: 'rename' } },
    )

    expect([planTitle(down), planSentence(down)]).toEqual([
      'Roll back 3 migrations',
      'Rolls back 3 migrations: departments, sample data and rename, down to and including rename.',
    ])
  })
})
