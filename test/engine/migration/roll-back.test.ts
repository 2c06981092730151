import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const
const LAST = { kind: 'roll back last' } as const

describe('rolling back', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const tables = async () =>
    (await database.query("select tablename from pg_tables where schemaname = 'public' order by 1")).rows.map(
      (row) => row.tablename,
    )
  const plan = (action: Parameters<Project['act']>[0]) =>
    project.migrations.plan({ profileId: project.profileId, action })

  it('follows the applied order, not the order of the files', async () => {
    await project.add('1_a', 'create table a ()', 'drop table a')
    await project.add('3_c', 'create table c ()', 'drop table c')
    await project.act(ALL)
    await project.add('2_b', 'create table b ()', 'drop table b')
    const late = await project.states()
    await project.act(ALL)

    const { committed } = await project.act(LAST)

    expect(late).toEqual({ '1_a': 'applied', '3_c': 'applied', '2_b': 'late' })
    expect([committed, await tables()]).toEqual([['2_b'], ['a', 'c']])
  })

  it('includes the named migration and everything applied after it', async () => {
    for (const name of ['1_a', '2_b', '3_c'])
      await project.add(name, `create table "${name}" ()`, `drop table "${name}"`)
    await project.act(ALL)

    const { committed } = await project.act({ kind: 'roll back to', name: '2_b' })

    expect([committed, await tables()]).toEqual([['3_c', '2_b'], ['1_a']])
  })

  it('removes the row and logs it in the same transaction', async () => {
    await project.add('1_a', 'create table a ()', 'drop table a; select 1 / 0')
    await project.act(ALL)
    const { outcome, failure } = await project.act(LAST)
    await project.add('1_a', 'create table a ()', 'drop table a')

    const second = await project.act(LAST)

    expect([outcome, failure?.direction, failure?.file, failure?.statement]).toEqual([
      'failed',
      'roll back',
      '1_a.down.sql',
      2,
    ])
    expect(second.outcome).toBe('complete')
    const log = await database.query("select string_agg(action, ' ' order by id) as actions from strata.log")
    expect([await tables(), log.rows, (await database.query('select 1 from strata.migration')).rows]).toEqual([
      [],
      [{ actions: 'up fail down' }],
      [],
    ])
  })

  it('refuses a migration without a rollback and touches nothing', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'create table b ()', 'drop table b')
    await project.act(ALL)

    const shown = await plan({ kind: 'roll back all' })
    const run = project.act({ kind: 'roll back all' })

    expect(shown.refusals).toEqual([
      {
        path: '1_a',
        message:
          '"1_a" cannot be rolled back. There is no 1_a.down.sql. Write one, or say "-- irreversible: why" in 1_a.up.sql.',
      },
    ])
    await expect(run).rejects.toMatchObject({ failure: { kind: 'refused' } })
    expect([await tables(), (await database.query('select 1 from strata.migration')).rowCount]).toEqual([['a', 'b'], 2])
  })

  it('refuses a rollback that holds no statement, which would only forget the migration', async () => {
    await project.add('1_a', 'create table a ()', '-- to be written\n')
    await project.act(ALL)

    const { refusals } = await plan(LAST)

    expect(refusals.map(({ message }) => message)).toEqual([
      '"1_a" cannot be rolled back. 1_a.down.sql holds no statement. Write how to undo the migration, or SELECT 1 if nothing is to be undone.',
    ])
  })

  it('uses the rollback kept in the history when the files are gone', async () => {
    await project.add('1_a', '-- title: Accounts\ncreate table a ()', 'drop table a')
    await project.act(ALL)
    await rm(join(project.folder, '1_a.up.sql'))
    await rm(join(project.folder, '1_a.down.sql'))
    const { migrations } = await project.migrations.list(project.profileId)
    const texts = await project.migrations.read({ profileId: project.profileId, name: '1_a' })

    const { outcome, events } = await project.act(LAST)

    expect(migrations.map(({ title, state, irreversibleBecause }) => [title, state, irreversibleBecause])).toEqual([
      ['Accounts', 'missing', null],
    ])
    expect([texts.up, texts.down]).toEqual(['-- title: Accounts\ncreate table a ()', 'drop table a'])
    expect(outcome).toBe('complete')
    expect(events[0]).toMatchObject({
      plan: { steps: [{ reason: 'Applied last. Its files are gone: the rollback kept in the history is used.' }] },
    })
    expect(await tables()).toEqual([])
  })

  it('uses a repaired rollback file and says so', async () => {
    await project.add('1_a', 'create table a ()', 'drop table wrong')
    await project.act(ALL)
    await writeFile(join(project.folder, '1_a.down.sql'), 'drop table a')

    const { steps } = await plan(LAST)
    const { outcome } = await project.act(LAST)

    expect(steps[0]?.reason).toBe(
      'Applied last. 1_a.down.sql was edited after the migration was applied: the file is used.',
    )
    expect([outcome, await tables()]).toEqual(['complete', []])
  })

  it('shows an edited file as changed, and line ends, a byte order mark and blanks at line ends as nothing', async () => {
    await project.add('1_a', 'create table a (\n  x int\n);\n', 'drop table a')
    await project.act(ALL)
    await project.add('1_a', '\ufeffcreate table a (  \r\n  x int\t\r\n);')
    const sameText = await project.states()
    await project.add('1_a', 'create table a (\n  x bigint\n);\n')

    const changed = await project.states()

    expect([sameText, changed]).toEqual([{ '1_a': 'applied' }, { '1_a': 'changed' }])
    expect((await project.act(LAST)).outcome).toBe('complete')
  })

  it('has nothing to do when nothing is applied', async () => {
    await project.add('1_a', 'create table a ()', 'drop table a')

    const { outcome, events } = await project.act(LAST)

    expect([outcome, events.map((event) => event.type)]).toEqual(['nothing to do', ['runStarted', 'runEnded']])
  })
})
