import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { snapshotOf } from '../../support/schema-snapshot'

const FOLDER = resolve(import.meta.dirname, '../../../migrations')

describe('sample project', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database, { folder: FOLDER })
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  it('lists the four migrations of the tutorial', async () => {
    const { migrations, appliedCount } = await project.migrations.list(project.profileId)

    expect(
      migrations.map(({ title, date, state, problem, irreversibleBecause }) => [
        title,
        date,
        state,
        problem,
        irreversibleBecause,
      ]),
    ).toEqual([
      ['Create employee', '2024-06-04', 'pending', null, null],
      ['Rename employee to employees', '2024-06-04', 'pending', null, null],
      ['Sample employees', '2024-06-04', 'pending', null, null],
      ['Departments as a foreign key', '2024-06-04', 'pending', null, null],
    ])
    expect(appliedCount).toBe(0)
  })

  it('brings schema and data back exactly when each migration is rolled back', async () => {
    const before: unknown[] = []
    const after: unknown[] = []

    for (let step = 0; step < 4; step += 1) {
      before.push(await snapshotOf(database))
      await project.act({ kind: 'apply next' })
      await project.act({ kind: 'roll back last' })
      after.push(await snapshotOf(database))
      await project.act({ kind: 'apply next' })
    }

    expect(after).toEqual(before)
  })

  it('leaves an empty database when all is rolled back', async () => {
    const empty = await snapshotOf(database)

    const applied = await project.act({ kind: 'apply all' })
    const rolledBack = await project.act({ kind: 'roll back all' })

    expect([applied.outcome, rolledBack.outcome]).toEqual(['complete', 'complete'])
    expect(rolledBack.committed).toEqual([...applied.committed].reverse())
    expect(await snapshotOf(database)).toEqual(empty)
  })

  it('keeps rows that were added beside the sample when the sample is rolled back', async () => {
    await project.act({ kind: 'apply up to', name: '20240604091000_rename_employee_to_employees' })
    await database.query(
      "insert into employees (first_name, last_name, department) values ('Ada', 'Byron', 'Engineering')",
    )
    await project.act({ kind: 'apply next' })
    await database.query(
      "insert into employees (first_name, last_name, department) values ('Emmy', 'Noether', 'Research')",
    )

    await project.act({ kind: 'roll back last' })

    const { rows } = await database.query('select id, last_name from employees order by id')
    expect(rows).toEqual([
      { id: 1, last_name: 'Byron' },
      { id: 16, last_name: 'Noether' },
    ])
  })
})
