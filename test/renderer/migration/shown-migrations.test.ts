import { describe, expect, it } from 'vitest'
import type { MigrationState } from '../../../contract/migration'
import { itemReasons, panelReasons, rollBackAllReason } from '../../../renderer/migration/possible-actions'
import { hasFailedRun, itemName, pendingCount, shownMigrations } from '../../../renderer/migration/shown-migrations'
import { aMigration, anOverview, aPlan, aStep, listArrived, migrationsAfter, reported, runStarted } from './builders'

const STATES: readonly MigrationState[] = ['applied', 'changed', 'missing', 'running', 'failed', 'late', 'pending']

function namesOf(migrations: ReturnType<typeof migrationsAfter>): readonly string[] {
  const { rows, appliedCount } = shownMigrations(migrations)
  const names = rows.map(itemName)
  return [...names.slice(0, appliedCount), '-', ...names.slice(appliedCount)]
}

describe('items of the list', () => {
  it('are named by title and state', () => {
    const migrations = migrationsAfter(
      listArrived(
        STATES.map((state, index) => aMigration(`m${index}`, state)),
        3,
      ),
    )

    expect(namesOf(migrations)).toEqual([
      'm0, applied',
      'm1, changed',
      'm2, missing',
      '-',
      'm3, running',
      'm4, failed',
      'm5, late',
      'm6, pending',
    ])
  })

  it('count as pending what Apply all would run', () => {
    const migrations = migrationsAfter(
      listArrived(
        STATES.map((state, index) => aMigration(`m${index}`, state)),
        3,
      ),
    )

    expect(pendingCount(migrations)).toBe(3)
  })

  it('show how far the one at work is, and what was committed above the line', () => {
    const running = migrationsAfter(
      listArrived([aMigration('a', 'applied'), aMigration('b'), aMigration('c'), aMigration('d')], 1),
      ...runStarted(aPlan([aStep('b'), aStep('c')])),
      reported({ type: 'stepStarted', name: 'b', step: 1 }),
      reported({ type: 'stepCommitted', name: 'b', step: 1, elapsedMs: 1 }),
      reported({ type: 'stepStarted', name: 'c', step: 2 }),
      reported({ type: 'statementStarted', name: 'c', statement: 2 }),
    )

    expect(namesOf(running)).toEqual(['a, applied', 'b, applied', '-', 'c, 2 of 2', 'd, pending'])
  })

  it('go back below the line in file order while rolling back', () => {
    const running = migrationsAfter(
      listArrived([aMigration('a', 'applied'), aMigration('c', 'applied'), aMigration('b'), aMigration('d')], 2),
      ...runStarted(aPlan([aStep('c', 'roll back'), aStep('a', 'roll back')])),
      reported({ type: 'stepStarted', name: 'c', step: 1 }),
      reported({ type: 'stepCommitted', name: 'c', step: 1, elapsedMs: 1 }),
    )

    expect(namesOf(running)).toEqual(['a, applied', '-', 'b, pending', 'c, pending', 'd, pending'])
  })

  it('do not move twice when the list is asked for in the middle of a run', () => {
    const running = migrationsAfter(
      listArrived([aMigration('a'), aMigration('b')]),
      ...runStarted(aPlan([aStep('a'), aStep('b')])),
      reported({ type: 'stepStarted', name: 'a', step: 1 }),
      reported({ type: 'stepCommitted', name: 'a', step: 1, elapsedMs: 1 }),
      listArrived([aMigration('a', 'applied'), aMigration('b')], 1),
    )

    expect(namesOf(running)).toEqual(['a, applied', '-', 'b, pending'])
  })

  it('are the same value for the same state', () => {
    const migrations = migrationsAfter(listArrived([aMigration('a')]))

    expect(shownMigrations({ ...migrations, tab: 'log' })).toBe(shownMigrations(migrations))
  })
})

describe('possible actions', () => {
  const irreversible = 'There is no b.down.sql.'
  const migrations = migrationsAfter(
    listArrived(
      [
        aMigration('a', 'applied'),
        aMigration('b', 'applied', { irreversibleBecause: irreversible }),
        aMigration('c', 'applied'),
        aMigration('d'),
      ],
      3,
    ),
  )

  it('name the obstacle between here and the last applied one', () => {
    const reasons = ['a', 'b', 'c', 'd'].map((name) => itemReasons(migrations, name).rollBack)

    const obstacle = `b cannot be rolled back. ${irreversible}`
    expect(reasons).toEqual([obstacle, obstacle, null, 'It is not in the database.'])
    expect(rollBackAllReason(migrations)).toBe(obstacle)
  })

  it('are all refused while a run is on', () => {
    const running = migrationsAfter(listArrived([aMigration('a')]), ...runStarted(aPlan([aStep('a')])))

    expect(panelReasons(running)).toEqual({ apply: 'A run is in progress.', rollBack: 'A run is in progress.' })
  })

  it.each([
    ['nothing is applied', [aMigration('a')], 0, { apply: null, rollBack: 'Nothing is applied.' }],
    ['nothing is pending', [aMigration('a', 'applied')], 1, { apply: 'Nothing is pending.', rollBack: null }],
  ])('say so when %s', (_, list, appliedCount, expected) => {
    expect(panelReasons(migrationsAfter(listArrived(list, appliedCount)))).toEqual(expected)
  })
})

describe('failed run', () => {
  it.each([
    ['failed', true],
    ['cancelled', false],
    ['complete', false],
  ] as const)('is told from a run that ended %s: %s', (outcome, expected) => {
    const migrations = migrationsAfter(
      ...runStarted(aPlan([aStep('a')])),
      reported({ type: 'runEnded', outcome, elapsedMs: 1, overview: anOverview([aMigration('a')]) }),
    )

    expect(hasFailedRun(migrations)).toBe(expected)
  })
})
