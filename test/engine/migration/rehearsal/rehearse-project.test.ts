import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession } from '../../../../electron/engine/session/connect'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { rehearseIn } from '../../../support/heard-rehearsal'
import { createProject, type Project } from '../../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('rehearsing a project', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase()
    project = await createProject(database)
    await project.add('1_a', 'create table a (x integer); insert into a values (1)', 'drop table a')
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const scratchDatabases = async () =>
    (await database.query("select datname from pg_database where datname ~ '^strata_scratch_' order by 1")).rows.map(
      ({ datname }) => datname,
    )

  it('runs all that are pending in order and applies none', async () => {
    await project.add('2_b', 'alter table a add column y integer', 'alter table a drop column y')

    const { outcome, migrations } = await rehearseIn(project)

    expect([outcome, migrations.map(({ name, verdict }) => [name, verdict.kind]), await project.states()]).toEqual([
      'complete',
      [
        ['1_a', 'identical'],
        ['2_b', 'identical'],
      ],
      { '1_a': 'pending', '2_b': 'pending' },
    ])
  })

  it('runs those before one first', async () => {
    await project.add('2_b', 'alter table a add column y integer', 'alter table a drop column y')

    const { prepared, migrations } = await rehearseIn(project, '2_b')

    expect([prepared, migrations.map(({ name }) => name)]).toEqual([['1_a'], ['2_b']])
  })

  it('rolls an applied one back first and tries its file anew', async () => {
    await project.act(ALL)
    await project.add('1_a', 'create table a (x bigint)', 'drop table a')

    const { prepared, migrations } = await rehearseIn(project, '1_a')

    expect([prepared, migrations[0]?.changes[1], migrations[0]?.verdict, await project.states()]).toEqual([
      ['1_a'],
      { sign: '+', text: 'column a.x: bigint' },
      {
        kind: 'not proven',
        reason:
          'The migration is applied, so it was rolled back first, and the schema from before it is not known here. On a scratch copy it is.',
      },
      { '1_a': 'changed' },
    ])
  })

  it('proves the rollback of an applied one on a scratch copy of the schema before it', async () => {
    await project.add('2_b', 'alter table a drop column x', 'alter table a add column x integer default 1')
    await project.add('3_c', 'create table c ()', null)
    await project.act(ALL)

    const { prepared, migrations, about } = await rehearseIn(project, '2_b', 'scratch')

    expect([prepared, migrations[0]?.verdict, about]).toEqual([
      [],
      { kind: 'leaves behind', lines: [{ sign: '~', text: 'column a.x: default 1 stays' }] },
      expect.stringContaining('made by running the migration applied before it again'),
    ])
  })

  it('names who holds the lock that it gave up', async () => {
    await project.act(ALL)
    await project.add('2_b', '-- lock-timeout: 500ms\nalter table a add column y integer', null)
    const holder = await openSession({
      profileId: project.profileId,
      target: database.target,
      password: database.password,
      applicationName: 'a reader',
    })
    await holder.query('begin')
    await holder.query('select from a')

    const { outcome, migrations } = await rehearseIn(project)

    await holder.end()
    expect([outcome, migrations[0]?.failure?.cause, migrations[0]?.failure?.left]).toEqual([
      'failed',
      expect.objectContaining({ code: '55P03' }),
      expect.stringMatching(/rolled back\. It waited for a reader \(pid \d+/),
    ])
  })

  it('says with which place a preparation failed', async () => {
    await project.add('0_z', 'create table z ();\nselect 1 / 0')

    const { outcome, failure, notReached } = await rehearseIn(project, '1_a')

    expect([outcome, failure, notReached]).toMatchObject([
      'failed',
      { file: '0_z.up.sql', line: 2, cause: { code: '22012' } },
      ['1_a'],
    ])
  })

  it('is refused when nothing is pending', async () => {
    await project.act(ALL)

    await expect(rehearseIn(project)).rejects.toMatchObject({
      failure: { kind: 'refused', issues: [{ message: 'Every migration is applied: there is nothing to rehearse.' }] },
    })
  })

  it('is refused with the line when a file cannot be run', async () => {
    await project.add('2_b', 'select 1;\ncommit')

    await expect(rehearseIn(project, '2_b')).rejects.toMatchObject({
      failure: {
        kind: 'refused',
        issues: [{ path: '2_b', message: expect.stringContaining('2_b.up.sql, line 2: COMMIT') }],
      },
    })
  })

  it('copies the schema into a scratch database and drops that afterwards', async () => {
    await project.act(ALL)
    await project.add('2_b', 'alter table a add column y integer', 'alter table a drop column y')

    const rehearsal = await rehearseIn(project, null, 'scratch')

    expect([rehearsal.outcome, rehearsal.migrations[0]?.verdict, rehearsal.about, await scratchDatabases()]).toEqual([
      'complete',
      { kind: 'identical' },
      `On a scratch copy of the schema, made by running the migration applied so far again and dropped afterwards. It holds no rows but those of migrations, so times and scans say little. Its schema is exactly that of ${database.name}.`,
      [],
    ])
    expect(rehearsal.database).toMatch(/^strata_scratch_\d+_[0-9a-f]{12}$/)
  })

  it('says how the scratch copy differs from the database', async () => {
    await project.act(ALL)
    await database.query('alter table a add column byhand integer')
    await project.add('2_b', 'select 1', 'select 1')

    const { about } = await rehearseIn(project, null, 'scratch')

    expect(about).toContain('What is different in the copy: - column a.byhand: integer.')
  })

  it('does not change roles, databases or settings of the server again for a scratch copy', async () => {
    const role = `strata_${database.name}`
    await project.add('1_a', `create role ${role} connection limit 1;\ncreate table a (x integer)`)
    await project.add('2_b', `alter database ${database.name} connection limit 50;\ngrant select on a to ${role}`)
    await project.act(ALL)
    await database.query(`alter role ${role} connection limit 7; alter database ${database.name} connection limit 60`)
    await project.add('3_c', 'select 1', 'select 1')

    const { about } = await rehearseIn(project, null, 'scratch')

    const { rows } = await database.query(
      `select (select rolconnlimit from pg_roles where rolname = '${role}') as role,
         (select datconnlimit from pg_database where datname = current_database()) as database`,
    )
    await database.query(`drop owned by ${role}; drop role ${role}`)
    expect([rows, about]).toEqual([
      [{ role: 7, database: 60 }],
      expect.stringContaining(
        `exactly that of ${database.name}. Not run again there, because roles, databases and settings belong to the whole server: 1_a.up.sql, line 1; 2_b.up.sql, line 1.`,
      ),
    ])
  })

  it('says why there can be no scratch copy', async () => {
    await database.query('create table base ()')
    await project.add('1_a', 'alter table base add column x integer')
    await project.act(ALL)
    await project.add('2_b', 'select 1')

    await expect(rehearseIn(project, null, 'scratch')).rejects.toMatchObject({
      failure: {
        kind: 'refused',
        issues: [
          { message: expect.stringContaining('stopped at 1_a.up.sql, line 1 with: relation "base" does not exist') },
        ],
      },
    })
    expect(await scratchDatabases()).toEqual([])
  })

  it('drops scratch databases that a crash left behind, and no others', async () => {
    const comment = 'A scratch copy made by Strata for a rehearsal. It is dropped when the rehearsal ends.'
    for (const name of ['strata_scratch_9999999_aaaaaaaaaaaa', 'strata_scratch_9999999_bbbbbbbbbbbb'])
      await database.query(`create database ${name}`)
    await database.query(`comment on database strata_scratch_9999999_aaaaaaaaaaaa is '${comment}'`)
    await database.query("comment on database strata_scratch_9999999_bbbbbbbbbbbb is 'mine'")

    await rehearseIn(project, null, 'scratch')

    const left = await scratchDatabases()
    await database.query('drop database strata_scratch_9999999_bbbbbbbbbbbb')
    expect(left).toEqual(['strata_scratch_9999999_bbbbbbbbbbbb'])
  })

  it('leaves the schema as it was when the window closes the stream', async () => {
    await project.add('2_b', 'create table b (); select pg_sleep(60)')
    const closing: (() => void)[] = []
    const channel = { send: () => {}, isClosed: false, onClose: (listener: () => void) => void closing.push(listener) }
    const rehearsal = project.migrations.rehearse(
      { profileId: project.profileId, name: null, place: 'database' },
      channel,
    )
    const isAsleep = async () =>
      (
        await database.query(
          "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
        )
      ).rowCount
    await expect.poll(isAsleep).toBe(1)

    for (const close of closing) close()
    await rehearsal

    const { rows } = await database.query("select to_regclass('b') as b, to_regclass('a') as a")
    expect([rows, await isAsleep()]).toEqual([[{ a: null, b: null }], 0])
  })
})
