import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockKey } from '../../../electron/engine/migration/foreign/golang-migrate/golang-migrate-ledger'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const
const LAST = { kind: 'roll back last' } as const
// As the tool creates it (database/postgres/postgres.go, ensureVersionTable).
const TABLE = 'create table schema_migrations (version bigint not null primary key, dirty boolean not null)'

describe('a folder of golang-migrate', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    await database.query(`${TABLE}; alter table schema_migrations owner to app`)
    project = await createProject(database)
    for (const [number, name] of [
      ['1', 'a'],
      ['2', 'b'],
      ['10', 'c'],
    ]) {
      await project.add(`${number}_${name}`, `create table ${name} ();`, `drop table ${name};`)
    }
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const row = async () => (await database.query('select version::int, dirty from schema_migrations')).rows
  const at = (version: number, isDirty = false) =>
    database.query(`delete from schema_migrations; insert into schema_migrations values (${version}, ${isDirty})`)
  const write = (file: string, text: string) => writeFile(join(project.folder, file), text)

  it('counts all files up to the version as applied', async () => {
    await at(2)

    const { foreign } = await project.migrations.list(project.profileId)

    expect(foreign?.tool).toBe('golang-migrate')
    expect(await project.states()).toEqual({ '1_a': 'applied', '2_b': 'applied', '10_c': 'pending' })
  })

  it('moves the single row up and down as the tool does', async () => {
    const rows: unknown[] = []
    for (const action of [{ kind: 'apply next' } as const, ALL, LAST, { kind: 'roll back all' } as const]) {
      await project.act(action)
      rows.push(await row())
    }

    expect(rows).toEqual([
      [{ version: 1, dirty: false }],
      [{ version: 10, dirty: false }],
      [{ version: 2, dirty: false }],
      [],
    ])
  })

  it('leaves the row where it was when a migration fails in its transaction', async () => {
    await write('2_b.up.sql', 'create table b ();\nselect 1 / 0;')

    const { outcome } = await project.act(ALL)

    expect([outcome, await row()]).toEqual(['failed', [{ version: 1, dirty: false }]])
  })

  it('runs a statement that allows no transaction when it is alone in its file, and marks the version dirty when it fails', async () => {
    await write('2_b.up.sql', 'create unique index concurrently b_i on b (i);')
    await write('1_a.up.sql', 'create table b (i int); insert into b values (1), (1);')
    await write('1_a.down.sql', 'drop table b;')

    const { failure } = await project.act(ALL)
    const marked = await row()
    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(failure?.left).toContain('The history marks the migration as failed.')
    expect([marked, (await project.states())['2_b']]).toEqual([[{ version: 2, dirty: true }], 'failed'])
    expect(refusals[0]?.message).toContain('golang-migrate marks version 2 as dirty')
  })

  it('says that the version of the database has no file, and rolls nothing back past it', async () => {
    await at(2)
    await at(10)
    await write('10_c.down.sql', '')
    const [empty] = (await project.migrations.plan({ profileId: project.profileId, action: LAST })).steps

    expect(empty?.reason).toBe('Applied last. 10_c.down.sql is empty: nothing is undone, only the version moves.')
  })

  it('is ours when the version in the table is of no file in the folder', async () => {
    await at(77)

    const { foreign, migrations } = await project.migrations.list(project.profileId)

    expect([foreign, migrations.map(({ state }) => state)]).toEqual([undefined, ['pending', 'pending', 'pending']])
  })

  it('waits for the advisory lock of the tool, whose key is made of schema, table and database', async () => {
    // crc32 of "public\0schema_migrations\0db" times the tool's salt, cut to 32 bits.
    expect(lockKey(['public', 'schema_migrations', 'db'])).toBe(3256993429n)
    const key = lockKey(['public', 'schema_migrations', `/${database.name}`])
    const held = database.query(`select pg_advisory_lock(${key}), pg_sleep(1)`)
    await expect
      .poll(async () => (await database.query(`select count(*)::int as held from pg_locks where objid = ${key}`)).rows)
      .toEqual([{ held: 1 }])

    const { channel, ended } = await project.start(ALL)
    const { holder } = await channel.heard('lockAwaited', (event) => event.holder !== null)
    await held

    expect(holder?.backendPid).toBeGreaterThan(0)
    expect((await ended).outcome).toBe('complete')
  })
})
