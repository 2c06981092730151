import { describe, expect, it } from 'vitest'
import type { StoppedMigration } from '../../../contract/migration'
import { itemReasons, panelReasons } from '../../../renderer/migration/possible-actions'
import { pendingCount } from '../../../renderer/migration/shown-migrations'
import { aMigration, anOverview, listArrived, migrationsAfter } from './builders'

const stopped: StoppedMigration = {
  direction: 'apply',
  completed: 1,
  statementCount: 2,
  statement: { line: 2, text: 'select 2' },
  error: 'division by zero',
  invalidIndexes: [],
}

describe('what can be done', () => {
  it('is redo and a mark for one that is applied', () => {
    const migrations = migrationsAfter(listArrived([aMigration('a', 'applied'), aMigration('b')], 1))

    expect(itemReasons(migrations, 'a')).toMatchObject({
      rollBack: null,
      redo: null,
      markApplied: 'It is applied already.',
      markNotApplied: null,
    })
  })

  it('is nothing over a read-only connection, and says so', () => {
    const because = 'This connection is read-only.'
    const overview = { ...anOverview([aMigration('a', 'applied'), aMigration('b')], 1), readOnlyBecause: because }
    const migrations = migrationsAfter({ type: 'listArrived', overview })

    expect(panelReasons(migrations)).toEqual({ apply: because, rollBack: because })
    expect(itemReasons(migrations, 'b')).toMatchObject({ apply: because, rehearse: because, markApplied: because })
  })

  it('is a mark for one that is not applied', () => {
    const migrations = migrationsAfter(listArrived([aMigration('a', 'applied'), aMigration('b')], 1))

    expect(itemReasons(migrations, 'b')).toMatchObject({
      apply: null,
      redo: 'It is not in the database.',
      markApplied: null,
      markNotApplied: 'It is not in the database.',
    })
  })

  it('is no redo down to or across one whose file is gone', () => {
    const rows = [aMigration('a', 'applied'), aMigration('b', 'missing'), aMigration('c', 'applied')]
    const migrations = migrationsAfter(listArrived(rows, 3))

    expect(['a', 'b', 'c'].map((name) => itemReasons(migrations, name).redo)).toEqual([
      'b cannot be applied again. Its file is gone.',
      'b cannot be applied again. Its file is gone.',
      null,
    ])
  })

  it('is nothing but to settle the one that stands half-way', () => {
    const rows = [aMigration('a', 'applied'), aMigration('b', 'failed', { stopped }), aMigration('c')]
    const migrations = migrationsAfter(listArrived(rows, 2))
    const first = 'b stopped half-way. Select it, and resume it, retry it or mark it first.'

    expect(panelReasons(migrations)).toEqual({ apply: first, rollBack: first })
    expect(itemReasons(migrations, 'a').markNotApplied).toBe(first)
    expect(itemReasons(migrations, 'c').markApplied).toBe(first)
    expect(itemReasons(migrations, 'b')).toMatchObject({ redo: first, markApplied: null, markNotApplied: null })
    expect(pendingCount(migrations)).toBe(1)
  })
})
