import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'
import { noYoyo, yoyo, yoyoList } from '../../support/peer-tools'
import { TUTORIAL, writeYoyoTutorial } from '../../support/yoyo-tutorial'

const ALL = { kind: 'apply all' } as const
const LAST = { kind: 'roll back last' } as const
const [first, , , fourth] = TUTORIAL

/** Tables with columns and rows, the bookkeeping of either left out. */
async function contentsOf(database: TestDatabase): Promise<unknown> {
  const { rows } =
    await database.query(`select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid) as "default"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname !~ 'yoyo' order by 1, a.attnum`)
  const tables = [...new Set(rows.map((row) => String(row.relname)))]
  const data: Record<string, unknown> = {}
  for (const table of tables) data[table] = (await database.query(`select * from "${table}" order by id`)).rows
  return { rows, data }
}

describe.skipIf(noYoyo !== null)('a folder of yoyo', () => {
  let database: TestDatabase
  let theirs: TestDatabase
  let project: Project
  beforeEach(async () => {
    ;[database, theirs] = await Promise.all([createDatabase('app'), createDatabase('app')])
    project = await createProject(database)
    await writeYoyoTutorial(project.folder)
  })
  afterEach(async () => {
    await project.remove()
    await Promise.all([database.drop(), theirs.drop()])
  })

  const letters = async () => {
    const states = await project.states()
    return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, state === 'applied' ? 'A' : 'U']))
  }

  it('leaves the same tables as yoyo after every step of the tutorial, and yoyo list agrees', async () => {
    const steps = [
      [ALL, ['apply']],
      [LAST, ['rollback']],
      [ALL, ['apply']],
      [{ kind: 'roll back to', name: first } as const, ['rollback', '-r', first]],
      [ALL, ['apply']],
      [{ kind: 'roll back all' } as const, ['rollback', '--all']],
    ] as const
    for (const [action, command] of steps) {
      const [{ outcome }] = await Promise.all([project.act(action), yoyo(theirs, project.folder, ...command)])

      expect(outcome).toBe('complete')
      expect(await contentsOf(database)).toEqual(await contentsOf(theirs))
      expect(await yoyoList(database, project.folder)).toEqual(await letters())
    }
  })

  it('rolls back what yoyo applied, and yoyo rolls back what we applied', async () => {
    await yoyo(database, project.folder, 'apply')
    const { migrations } = await project.migrations.list(project.profileId)
    const back = await project.act(LAST)
    const listed = await yoyoList(database, project.folder)
    await project.act(ALL)
    await yoyo(database, project.folder, 'rollback', '--all')

    expect(migrations.map(({ name, state, appliedBy }) => [name, state, appliedBy?.includes('@')])).toEqual(
      TUTORIAL.map((name) => [name, 'applied', true]),
    )
    expect([back.committed, listed[fourth]]).toEqual([[fourth], 'U'])
    expect(await project.states()).toEqual(Object.fromEntries(TUTORIAL.map((name) => [name, 'pending'])))
    expect(
      (await database.query("select to_regclass('employee') is null and to_regclass('employees') is null as gone"))
        .rows,
    ).toEqual([{ gone: true }])
  })

  it('makes the tables of yoyo as yoyo makes them, and logs as it does', async () => {
    await project.act(ALL)
    await yoyo(theirs, project.folder, 'apply')
    const columns = `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, i.indisprimary
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      left join pg_index i on i.indrelid = c.oid and a.attnum = any (i.indkey)
      where c.relname ~ 'yoyo' and c.relkind = 'r' order by 1, a.attnum`
    const facts = `select (select json_agg(m.migration_id || m.migration_hash order by migration_id) from _yoyo_migration m) as marks,
      (select json_agg(l.operation || l.migration_hash || l.username || l.hostname order by created_at_utc) from _yoyo_log l) as log,
      (select json_agg(version) from _yoyo_version) as version, (select count(*)::int from yoyo_lock) as locks`

    expect((await database.query(columns)).rows).toEqual((await theirs.query(columns)).rows)
    const ours = (await database.query(facts)).rows[0]
    const tool = (await theirs.query(facts)).rows[0]
    // yoyo asks for the full name of the machine.
    const bare = (log: readonly string[]) => log.map((line) => line.slice(0, 'apply'.length + 64))
    expect({ ...ours, log: bare(ours.log) }).toEqual({ ...tool, log: bare(tool.log) })
  })

  it('waits while yoyo holds its lock, and goes on when it is gone', async () => {
    await yoyo(database, project.folder, 'list')
    await database.query('insert into yoyo_lock (locked, ctime, pid) values (1, now(), 4711)')

    const { channel, ended } = await project.start(ALL)
    const { holder } = await channel.heard('lockAwaited', (event) => event.holder !== null)
    await database.query('delete from yoyo_lock')

    expect([holder?.applicationName, holder?.state]).toEqual([
      'yoyo',
      'process 4711 of the machine yoyo runs on. If it is gone, run "yoyo break-lock"',
    ])
    expect((await ended).outcome).toBe('complete')
  })

  it('reads .sql files with their rollbacks, dependencies and what runs outside a transaction', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-yoyo-sql-'))
    const sql = await createProject(database, { folder })
    const write = (file: string, text: string) => writeFile(join(folder, file), text)
    await write('b-table.sql', '-- a table\n-- depends: \ncreate table t (i int);\ncreate table u ();\n')
    await write('b-table.rollback.sql', 'drop table u;\ndrop table t;\n')
    await write(
      'a-index.sql',
      '-- depends: b-table\n-- transactional: false\ncreate index concurrently t_i on t (i);\n',
    )
    await write('a-index.rollback.sql', 'drop index concurrently t_i;\n')

    const applied = await sql.act(ALL)
    const agreed = await yoyoList(database, folder)
    const back = await sql.act({ kind: 'roll back all' })
    const agreedAgain = await yoyoList(database, folder)
    await yoyo(database, folder, 'apply')
    const theirsListed = await sql.states()
    await sql.remove()
    await rm(folder, { recursive: true })

    expect([applied.committed, agreed]).toEqual([['b-table', 'a-index'], { 'b-table': 'A', 'a-index': 'A' }])
    expect([back.committed, agreedAgain]).toEqual([['a-index', 'b-table'], { 'b-table': 'U', 'a-index': 'U' }])
    expect(theirsListed).toEqual({ 'b-table': 'applied', 'a-index': 'applied' })
  })

  it('says of a migration without a rollback that only its booking goes, and yoyo agrees', async () => {
    const folder = join(project.folder)
    await writeFile(
      join(folder, '20250101_01_aaaaa-forever.py'),
      'from yoyo import step\nsteps = [step("create table forever (id int)")]\n',
    )
    await project.act(ALL)

    const { steps, refusals } = await project.migrations.plan({ profileId: project.profileId, action: LAST })
    const { outcome } = await project.act(LAST)

    expect([refusals, steps[0]?.reason]).toEqual([
      [],
      "Applied last. No step has a rollback: nothing is undone, only the booking in yoyo's table.",
    ])
    expect(outcome).toBe('complete')
    expect((await yoyoList(database, folder))['20250101_01_aaaaa-forever']).toBe('U')
    expect((await database.query("select to_regclass('forever') is not null as stays")).rows).toEqual([{ stays: true }])
  })

  it('is marked as yoyo marks it, without running anything', async () => {
    await project.act({ kind: 'mark as applied', name: first })
    const marked = await yoyoList(database, project.folder)
    await project.act({ kind: 'mark as not applied', name: first })

    expect(marked[first]).toBe('A')
    expect((await database.query("select to_regclass('employee') as employee")).rows).toEqual([{ employee: null }])
    expect((await database.query('select operation from _yoyo_log order by created_at_utc')).rows).toEqual([
      { operation: 'mark' },
      { operation: 'unmark' },
    ])
  })

  it('does not wait for a lock that a Strata left which is gone', async () => {
    await yoyo(database, project.folder, 'list')
    await database.query('insert into yoyo_lock (locked, ctime, pid) values (1, now(), -999999)')

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect((await database.query('select * from yoyo_lock')).rows).toEqual([])
  })

  it('names file, line and column of a failing statement inside a Python string', async () => {
    await writeFile(
      join(project.folder, '20250101_02_bbbbb-broken.py'),
      'from yoyo import step\n\nsteps = [\n    step(\n        "create table x (i int);"\n        "select \\u00eb1, \\t nmae from x",\n    ),\n]\n',
    )

    const { failure } = await project.act(ALL)

    expect([failure?.file, failure?.line, failure?.column, failure?.statement]).toEqual([
      '20250101_02_bbbbb-broken.py',
      6,
      17,
      2,
    ])
  })
})
