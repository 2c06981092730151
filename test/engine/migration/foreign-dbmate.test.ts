import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, HeardChannel, type Project, reportOf } from '../../support/migration-project'
import { dbmate } from '../../support/peer-tools'

const ALL = { kind: 'apply all' } as const
const LAST = { kind: 'roll back last' } as const

describe('a folder of dbmate', () => {
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

  const write = (file: string, text: string) => writeFile(join(project.folder, file), text)
  const writeThree = async () => {
    await write(
      '20240101000000_users.sql',
      '-- migrate:up\ncreate table users (id int);\n\n-- migrate:down\ndrop table users;\n',
    )
    await write(
      '20240102000000_body.sql',
      '-- migrate:up\ncreate function f() returns int language plpgsql as $$ begin return 1; end $$;\ninsert into users values (f());\n-- migrate:down\ndrop function f();\ndelete from users;\n',
    )
    await write(
      '20240103000000_index.sql',
      '-- migrate:up transaction:false\ncreate index concurrently users_id on users (id);\n-- migrate:down transaction:false\ndrop index concurrently users_id;\n',
    )
  }
  const marks = async () =>
    (await dbmate(database, project.folder, 'status'))
      .split('\n')
      .filter((line) => line.startsWith('['))
      .map((line) => line.slice(1, 2))
      .join('')
  const states = async () => Object.values(await project.states()).join(' ')
  const problems = async () =>
    (await project.migrations.list(project.profileId)).migrations.map(({ problem }) => problem)

  it('is applied by us and dbmate has nothing pending, and dbmate rolls it back', async () => {
    await writeThree()

    const { outcome } = await project.act(ALL)
    const status = await marks()
    const migrated = await dbmate(database, project.folder, 'migrate')
    for (let count = 0; count < 3; count += 1) await dbmate(database, project.folder, 'rollback')

    expect([outcome, status, migrated]).toEqual(['complete', 'XXX', ''])
    expect(await states()).toBe('pending pending pending')
    expect((await database.query("select to_regclass('users') is null as gone")).rows).toEqual([{ gone: true }])
  })

  it('is applied by dbmate, and we list the same and roll it back', async () => {
    await writeThree()
    await dbmate(database, project.folder, 'migrate')

    const applied = await states()
    const { foreign } = await project.migrations.list(project.profileId)
    const { committed } = await project.act({ kind: 'roll back all' })

    expect([applied, foreign?.tool]).toEqual(['applied applied applied', 'dbmate'])
    expect(committed).toEqual(['20240103000000_index', '20240102000000_body', '20240101000000_users'])
    expect(await marks()).toBe('   ')
    expect((await database.query('select * from schema_migrations')).rows).toEqual([])
  })

  it('keeps the row out when a statement fails', async () => {
    await write('1_a.sql', '-- migrate:up\ncreate table a ();\nselect 1 / 0;\n-- migrate:down\ndrop table a;\n')

    const { failure } = await project.act(ALL)

    expect([failure?.file, failure?.line, failure?.statement]).toEqual(['1_a.sql', 3, 2])
    expect(
      (await database.query("select count(*)::int as rows, to_regclass('a') as a from schema_migrations")).rows,
    ).toEqual([{ rows: 0, a: null }])
  })

  it('runs all the sections of a file and says of an empty down section what it does not do', async () => {
    await write(
      '1_two.sql',
      '-- migrate:up\ncreate table a ()\n-- migrate:down\n-- migrate:up\ncreate table b ();\n-- migrate:down\n',
    )
    await project.act(ALL)

    const { steps } = await project.migrations.plan({ profileId: project.profileId, action: LAST })

    expect((await database.query("select to_regclass('a')::text as a, to_regclass('b')::text as b")).rows).toEqual([
      { a: 'a', b: 'b' },
    ])
    expect(steps[0]?.reason).toBe(
      'Applied last. The down section is empty: nothing is undone, only the booking in schema_migrations.',
    )
  })

  it('refuses what dbmate would cut wrongly, with line and reason', async () => {
    await write('1_marker.sql', "-- migrate:up\nselect '\n-- migrate:down\n';\n-- migrate:down\n")
    await write('2_no_down.sql', '-- migrate:up\nselect 1;\n')
    await write('3_before.sql', 'select 1;\n-- migrate:up\n-- migrate:down\n')
    await write('4_vacuum.sql', '-- migrate:up\nvacuum;\n-- migrate:down\n')
    await write('4_twin.sql', '-- migrate:up\nselect 1;\n-- migrate:down\n')

    expect(await problems()).toEqual([
      '1_marker.sql, line 3: This marker stands inside a text or a comment, and dbmate would cut the file here. Write the text differently.',
      '2_no_down.sql, line 1: There is no "-- migrate:down" behind it. dbmate wants one, even if it is empty.',
      '3_before.sql, line 1: dbmate allows no statement before "-- migrate:up".',
      '4_twin.sql and 4_vacuum.sql share a version. Rename one.',
      '4_twin.sql and 4_vacuum.sql share a version. Rename one.',
    ])
  })

  it('knows a file for changed only where our log saw what ran', async () => {
    await write('1_ours.sql', '-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;\n')
    await project.act(ALL)
    await write('2_theirs.sql', '-- migrate:up\ncreate table b ();\n-- migrate:down\ndrop table b;\n')
    await dbmate(database, project.folder, 'migrate')
    await write('1_ours.sql', '-- migrate:up\ncreate table a (i int);\n-- migrate:down\ndrop table a;\n')
    await write('2_theirs.sql', '-- migrate:up\ncreate table b (i int);\n-- migrate:down\ndrop table b;\n')

    const before = await project.states()
    await dbmate(database, project.folder, 'rollback')
    await dbmate(database, project.folder, 'rollback')
    await dbmate(database, project.folder, 'migrate')

    expect(before).toEqual({ '1_ours': 'changed', '2_theirs': 'applied' })
    expect(await project.states()).toEqual({ '1_ours': 'applied', '2_theirs': 'applied' })
  })

  it('works without a log of ours where the role may not create one', async () => {
    await database.query(`revoke create on database "${database.name}" from app`)
    await database.query('grant all on schema public to app')
    await database.query(`alter database "${database.name}" owner to postgres`)
    await write('1_a.sql', '-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;\n')

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(
      (await database.query("select version, to_regnamespace('strata') as log from schema_migrations")).rows,
    ).toEqual([{ version: '1', log: null }])
  })

  it('says that dbmate has no mark for one that stopped half-way outside a transaction', async () => {
    await write(
      '1_a.sql',
      '-- migrate:up transaction:false\ncreate table a ();\nselect 1 / 0;\n-- migrate:down\ndrop table a;\n',
    )

    const { failure } = await project.act(ALL)

    expect(failure?.left).toBe(
      'Statement 1 took effect and stays. dbmate has no mark for that: its table says the migration is not applied.',
    )
    expect(await project.states()).toEqual({ '1_a': 'failed' })
    expect(await marks()).toBe(' ')
  })

  it('is all or nothing when that is asked for, its rows included', async () => {
    await write('1_a.sql', '-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;\n')
    await write('2_b.sql', '-- migrate:up\nselect 1 / 0;\n-- migrate:down\n')

    const asked = { profileId: project.profileId, action: ALL, isAllOrNothing: true }
    const { digest } = await project.migrations.plan(asked)
    const channel = new HeardChannel()
    await project.migrations.run({ ...asked, digest }, channel)

    expect(reportOf(channel.events).outcome).toBe('failed')
    expect(await marks()).toBe('  ')
    expect((await database.query("select to_regclass('a') as a")).rows).toEqual([{ a: null }])
  })

  it('does not touch a table of that name which is of another tool', async () => {
    await writeThree()
    await database.query('create table schema_migrations (version bigint not null primary key, dirty boolean not null)')

    const error = await project.migrations.list(project.profileId).catch(String)

    expect(error).toContain("Table schema_migrations of this database is another tool's")
    expect((await database.query('select * from schema_migrations')).rows).toEqual([])
  })

  it('gets new migrations as dbmate writes them', async () => {
    await writeThree()

    const texts = await project.migrations.create({ profileId: project.profileId, title: 'Add notes' })

    expect(texts.upFile).toMatch(/^\d{14}_add_notes\.sql$/)
    expect(await marks()).toBe('    ')
    expect(texts.up).toBe('-- migrate:up\n\n\n-- migrate:down\n\n')
    await project.migrations.write({
      profileId: project.profileId,
      name: texts.name,
      file: 'up',
      text: '-- migrate:up\ncreate table notes ();\n-- migrate:down\ndrop table notes;\n',
      expected: texts.up,
    })
    expect((await project.migrations.read({ profileId: project.profileId, name: texts.name })).down).toContain(
      'create table notes',
    )
  })
})
