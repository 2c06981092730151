import { describe, expect, it } from 'vitest'
import type { Failure, MigrationFailure } from '../../../contract/failure'
import { reduceMigrations } from '../../../renderer/migration/reduce-migrations'
import {
  aBlocker,
  aMigration,
  anOverview,
  aPlan,
  aStep,
  listArrived,
  migrationsAfter,
  reported,
  runId,
  runStarted,
} from './builders'

const lost: Failure = { kind: 'connection', reason: 'lost', message: 'The engine stopped.' }
const refused: Failure = { kind: 'refused', issues: [{ path: 'digest', message: 'The files changed.' }] }
const broken: MigrationFailure = {
  kind: 'migration',
  migration: 'b',
  direction: 'apply',
  file: 'b.up.sql',
  statement: 2,
  statementCount: 3,
  statementText: 'select x',
  line: 4,
  column: 8,
  left: 'Nothing of b is left.',
  cause: { kind: 'postgres', severity: 'ERROR', code: '42703', message: 'column "x" does not exist' },
}

describe('list of migrations', () => {
  it('says that it is read only when it was not known before', () => {
    const first = migrationsAfter({ type: 'listAsked' })
    const known = migrationsAfter(listArrived([aMigration('a')]))

    const again = reduceMigrations(known, { type: 'listAsked' })

    expect(first.listing).toEqual({ kind: 'loading', isSlow: false })
    expect(again).toBe(known)
  })

  it('has no folder when none was chosen', () => {
    const overview = { ...anOverview([]), folder: null }

    const { listing, selected } = migrationsAfter({ type: 'listArrived', overview })

    expect({ listing, selected }).toEqual({ listing: { kind: 'no folder' }, selected: null })
  })

  it.each([
    ['the next one to apply', [aMigration('a', 'applied'), aMigration('b'), aMigration('c')], 1, 'b'],
    ['the last applied one when nothing is pending', [aMigration('a', 'applied'), aMigration('b', 'applied')], 2, 'b'],
    ['nothing in an empty folder', [], 0, null],
  ])('selects %s at first', (_, migrations, appliedCount, expected) => {
    const { selected } = migrationsAfter(listArrived(migrations, appliedCount))

    expect(selected).toBe(expected)
  })

  it('keeps selection, tab and texts over a refresh', () => {
    const texts = { name: 'c', upFile: 'c.up.sql', up: 'select 1', downFile: 'c.down.sql', down: null }
    const before = migrationsAfter(
      listArrived([aMigration('a'), aMigration('c')]),
      { type: 'migrationSelected', name: 'c' },
      { type: 'textsArrived', texts },
      { type: 'tabChosen', tab: 'log' },
    )

    const now = reduceMigrations(before, listArrived([aMigration('a'), aMigration('b'), aMigration('c')]))

    expect([now.selected, now.tab, now.texts]).toEqual(['c', 'log', { kind: 'read', texts }])
  })

  it('keeps the rows that a refresh finds as they were, and the whole list when all are', () => {
    const before = migrationsAfter(listArrived([aMigration('a'), aMigration('b')]))
    const rows = (now: typeof before) => (now.listing.kind === 'listed' ? now.listing.overview.migrations : [])

    const same = reduceMigrations(before, listArrived([aMigration('a'), aMigration('b')]))
    const changed = reduceMigrations(before, listArrived([aMigration('a'), aMigration('b', 'late')]))

    expect(same.listing).toBe(before.listing)
    expect(rows(changed)[0]).toBe(rows(before)[0])
    expect(rows(changed)[1]?.state).toBe('late')
  })

  it('ignores texts that arrive after another migration was selected', () => {
    const before = migrationsAfter(listArrived([aMigration('a'), aMigration('b')]), {
      type: 'migrationSelected',
      name: 'b',
    })
    const texts = { name: 'a', upFile: 'a.up.sql', up: '', downFile: 'a.down.sql', down: null }

    const now = reduceMigrations(before, { type: 'textsArrived', texts })

    expect(now).toBe(before)
  })
})

describe('plan', () => {
  const action = { kind: 'apply all' } as const
  const plan = aPlan([aStep('a')])

  it.each([
    [
      'is shown',
      { type: 'planShown', action, plan, isAnew: false },
      { kind: 'confirming', action, plan, isAnew: false },
    ],
    ['is refused', { type: 'planRefused', action, plan }, { kind: 'refused', action, plan }],
    ['cannot be made', { type: 'planFailed', failure: lost }, { kind: 'not started', failure: lost }],
  ] as const)('that %s goes away when it is dismissed', (_, event, expected) => {
    const there = migrationsAfter({ type: 'planAsked', action }, event)

    const gone = reduceMigrations(there, { type: 'planDismissed' })

    expect([there.run, gone.run]).toEqual([expected, { kind: 'idle' }])
  })

  it('cannot be dismissed once it runs', () => {
    const running = migrationsAfter(...runStarted(plan))

    expect(reduceMigrations(running, { type: 'planDismissed' })).toBe(running)
  })
})

describe('run', () => {
  const plan = aPlan([
    aStep('a'),
    aStep('b', 'apply', { statements: [1, 2, 3].map((line) => ({ line, text: `s${line}`, destroys: false })) }),
  ])

  it('logs each statement with its time and rows', () => {
    const { logs } = migrationsAfter(
      ...runStarted(plan),
      reported({ type: 'stepStarted', name: 'a', step: 1 }),
      reported({ type: 'statementStarted', name: 'a', statement: 1 }, 5),
      reported({ type: 'statementCompleted', name: 'a', statement: 1, elapsedMs: 7, rows: 3 }, 12),
      reported({ type: 'statementStarted', name: 'a', statement: 2 }, 13),
    )

    expect(logs.a?.statements).toEqual([
      { line: 1, text: 'select 1', state: 'complete', startedAt: 5, elapsedMs: 7, rows: 3 },
      { line: 2, text: 'select 2', state: 'running', startedAt: 13, elapsedMs: null, rows: null },
    ])
  })

  it('takes the selection along to the step at work', () => {
    const { selected, tab } = migrationsAfter(
      listArrived([aMigration('a'), aMigration('b')]),
      ...runStarted(plan),
      reported({ type: 'stepStarted', name: 'b', step: 2 }),
    )

    expect([selected, tab]).toEqual(['b', 'log'])
  })

  it('leaves the selection alone once the user selected something', () => {
    const { selected } = migrationsAfter(
      listArrived([aMigration('a'), aMigration('b')]),
      ...runStarted(plan),
      { type: 'migrationSelected', name: 'a' },
      reported({ type: 'stepStarted', name: 'b', step: 2 }),
    )

    expect(selected).toBe('a')
  })

  it('tells what a failure undid, where it stopped and what was not run', () => {
    const now = migrationsAfter(
      listArrived([aMigration('a'), aMigration('b')]),
      ...runStarted(plan),
      reported({ type: 'stepStarted', name: 'b', step: 2 }),
      reported({ type: 'statementStarted', name: 'b', statement: 1 }, 1),
      reported({ type: 'statementCompleted', name: 'b', statement: 1, elapsedMs: 1, rows: null }, 2),
      reported({ type: 'statementStarted', name: 'b', statement: 2 }, 2),
      reported({ type: 'stepFailed', name: 'b', step: 2, failure: broken }, 6),
    )

    const states = now.logs.b?.statements.map((each) => [each.state, each.elapsedMs])
    expect([states, now.logs.b?.failure, now.selected, now.tab]).toEqual([
      [
        ['undone', 1],
        ['failed', 4],
        ['not run', null],
      ],
      broken,
      'b',
      'log',
    ])
  })

  it('keeps completed statements of a migration without a transaction as complete', () => {
    const outside = aPlan([aStep('b', 'apply', { isTransactional: false })])

    const { logs } = migrationsAfter(
      ...runStarted(outside),
      reported({ type: 'stepStarted', name: 'b', step: 1 }),
      reported({ type: 'statementCompleted', name: 'b', statement: 1, elapsedMs: 1, rows: null }),
      reported({ type: 'stepFailed', name: 'b', step: 1, failure: broken }),
    )

    expect(logs.b?.statements.map((each) => each.state)).toEqual(['complete', 'failed'])
  })

  it('does not begin with what took effect in an earlier attempt', () => {
    const resumed = aPlan([aStep('a', 'apply', { skips: 1 })])

    const { logs } = migrationsAfter(...runStarted(resumed), reported({ type: 'stepStarted', name: 'a', step: 1 }))

    expect(logs.a?.statements.map(({ state }) => state)).toEqual(['earlier', 'waiting'])
  })

  it('that is all or nothing undoes every step when it does not end well', () => {
    const together = aPlan([aStep('a'), aStep('b')], { isAllOrNothing: true })

    const { logs } = migrationsAfter(
      ...runStarted(together),
      reported({ type: 'stepStarted', name: 'a', step: 1 }),
      reported({ type: 'stepCompleted', name: 'a', step: 1, elapsedMs: 1 }),
      reported({ type: 'stepStarted', name: 'b', step: 2 }),
      reported({ type: 'stepFailed', name: 'b', step: 2, failure: broken }),
      reported({ type: 'runEnded', outcome: 'failed', elapsedMs: 1, overview: anOverview([]) }),
    )

    expect([logs.a?.state, logs.a?.statements.map(({ state }) => state), logs.b?.state]).toEqual([
      'undone',
      ['undone', 'undone'],
      'failed',
    ])
  })

  it('ends with its outcome, its failure and the fresh list', () => {
    const overview = anOverview([aMigration('a', 'applied'), aMigration('b', 'failed')], 1)

    const { run, listing } = migrationsAfter(
      ...runStarted(plan),
      reported({ type: 'stepStarted', name: 'a', step: 1 }),
      reported({ type: 'stepCommitted', name: 'a', step: 1, elapsedMs: 3 }),
      reported({ type: 'stepStarted', name: 'b', step: 2 }),
      reported({ type: 'stepFailed', name: 'b', step: 2, failure: broken }),
      reported({ type: 'runEnded', outcome: 'failed', elapsedMs: 9, overview }),
      { type: 'runStreamEnded', failure: null, at: 10 },
    )

    expect([run, listing]).toEqual([
      { kind: 'ended', outcome: 'failed', plan, committed: [1], failure: broken, elapsedMs: 9 },
      { kind: 'listed', overview },
    ])
  })

  it('forgets who blocked it when the statement goes on', () => {
    const blocked = migrationsAfter(
      ...runStarted(plan),
      reported({ type: 'stepStarted', name: 'a', step: 1 }),
      reported({ type: 'statementStarted', name: 'a', statement: 1 }),
      reported({ type: 'statementBlocked', name: 'a', statement: 1, by: [aBlocker()] }),
    )

    const free = reduceMigrations(
      blocked,
      reported({ type: 'statementCompleted', name: 'a', statement: 1, elapsedMs: 1, rows: null }),
    )

    expect([blocked.run, free.run]).toMatchObject([{ blockers: [aBlocker()] }, { blockers: [] }])
  })

  it('was not started when it is refused after waiting for the lock', () => {
    const { run } = migrationsAfter(...runStarted(plan), reported({ type: 'lockAwaited', holder: null, waitedMs: 0 }), {
      type: 'runStreamEnded',
      failure: refused,
      at: 5,
    })

    expect(run).toEqual({ kind: 'not started', failure: refused })
  })

  it('is lost from sight, not failed, when the engine goes away in it', () => {
    const { run, logs } = migrationsAfter(...runStarted(plan), reported({ type: 'stepStarted', name: 'a', step: 1 }), {
      type: 'runStreamEnded',
      failure: lost,
      at: 50,
    })

    expect([run, logs.a?.state]).toMatchObject([
      { kind: 'ended', outcome: 'lost', failure: lost, elapsedMs: 50 },
      'lost',
    ])
  })

  it('that is joined later has no time of its own', () => {
    const { run } = migrationsAfter(reported({ type: 'runStarted', runId, plan }, 77))

    expect(run).toMatchObject({ kind: 'running', runId, startedAt: null })
  })

  it('can be cancelled again after a cancel that could not be sent', () => {
    const { run } = migrationsAfter(
      ...runStarted(plan),
      { type: 'cancelAsked' },
      { type: 'cancelFailed', failure: lost },
    )

    expect(run).toMatchObject({ isCancelling: false, cancelFailure: lost })
  })
})
