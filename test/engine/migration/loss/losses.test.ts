import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Loss, type LossCount, type LossEvent, lossEvent } from '../../../../contract/loss'
import type { MigrationAction } from '../../../../contract/migration'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { createProject, type Project } from '../../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('the losses of a plan', () => {
  let database: TestDatabase
  let project: Project
  const clients: pg.Client[] = []
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
    await project.remove()
    await database.drop()
  })

  const asOwner = async (text: string) => {
    await (await ownClient()).query(text)
  }
  const ownClient = async () => {
    const { host, port, role, database: name } = database.target
    const client = new pg.Client({ host, port, user: role, password: database.password, database: name })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }
  const lossesOf = async (action: MigrationAction = ALL, mayTry = true) => {
    const { profileId, migrations } = project
    const { digest } = await migrations.plan({ profileId, action })
    const events: LossEvent[] = []
    const channel = {
      isClosed: false,
      onClose: () => {},
      send: (event: LossEvent) => void events.push(lossEvent.parse(event)),
    }
    await migrations.losses({ profileId, action, digest, mayTry }, channel)
    const [found] = events
    if (found?.type !== 'lossesFound') throw new Error('nothing was found out')
    const counts = new Map(events.flatMap((event) => (event.type === 'lossCounted' ? [[event.id, event.counted]] : [])))
    const losses = found.losses.map((loss) => inWords(loss, counts.get(loss.id) ?? loss.counted))
    return { method: found.method, note: found.note, losses: losses.sort() }
  }

  it('are found without using up a number of a sequence', async () => {
    await asOwner('create table acct (id serial primary key, nick text, number int generated always as identity)')
    await asOwner("insert into acct (nick) values ('a')")
    await project.add('1_nick', "insert into acct (nick) values ('b'), ('c'); alter table acct drop column nick")

    const { method } = await lossesOf()
    const { rows } = await (await ownClient()).query('insert into acct (nick) values (null) returning id, number')

    expect([method, rows]).toEqual(['tried', [{ id: 2, number: 2 }]])
  })

  it('of a rollback that drops a column are its values that are not null', async () => {
    await asOwner('create table acct (id int primary key, nick text)')
    await asOwner("insert into acct select i, case when i % 3 = 0 then 'n' end from generate_series(1, 300) i")
    await project.add('1_nick', 'select 1', 'alter table acct drop column nick')
    await project.act(ALL)

    const found = await lossesOf({ kind: 'roll back last' })

    expect(found).toEqual({ method: 'tried', note: null, losses: ['1_nick: column acct.nick, 100 values, 300 rows'] })
  })

  it('are found whatever destroys: cascades, blocks, functions, triggers and foreign keys', async () => {
    await asOwner(`create schema old; create table old.a (x int); insert into old.a values (1), (2);
      create type mood as enum ('good'); create table days (day int, felt mood); insert into days values (1, 'good'), (2, null);
      create table parent (id int primary key);
      create table child (id int references parent on delete cascade);
      insert into parent values (1), (2), (3); insert into child values (1), (1), (2);
      create table log (line text); insert into log values ('a');
      create materialized view summary as select count(*) from log;
      create function wipe() returns void language sql as 'truncate log'`)
    await project.add('1_schema', 'drop schema old cascade')
    await project.add('2_type', 'drop type mood cascade')
    await project.add('3_rows', 'delete from parent where id < 3')
    await project.add('4_call', "do $$ begin execute 'drop materialized view summary'; end $$; select wipe()")

    const { losses, method } = await lossesOf()

    expect(method).toBe('tried')
    expect(losses).toEqual([
      '1_schema: relation old.a, 2 rows',
      '2_type: column days.felt, 1 values, 2 rows',
      '3_rows: deleted rows child, 3 rows',
      '3_rows: deleted rows parent, 2 rows',
      '4_call: relation summary, 1 rows',
      '4_call: truncated rows log, 1 rows',
    ])
  })

  it('carry the names that tables and columns have now, whatever the plan calls them in between', async () => {
    await asOwner("create table employee (id int, name text); insert into employee values (1, 'Ann')")
    await project.add(
      '1_rename',
      'alter table employee rename to employees; alter table employees rename name to called',
    )
    await project.add('2_drop', 'alter table employees drop column called; create table more (y int)')
    await project.add('3_again', 'insert into more values (1); drop table more')

    expect((await lossesOf()).losses).toEqual(['2_drop: column employee.name, 1 values, 1 rows'])
  })

  it('of another type are the values that would read otherwise, and none where the type holds all', async () => {
    await asOwner(`create table prices (amount numeric(12,4), pieces int, made timestamp, code text);
      insert into prices values (1.25, 1, '2026-01-01 10:00', '7'), (1.2345, 2, '2026-01-02 00:00', '08'), (null, 3, null, null)`)
    await project.add('1_amount', 'alter table prices alter column amount type numeric(12,2)')
    await project.add('2_pieces', 'alter table prices alter pieces type bigint')
    await project.add('3_made', 'alter table prices alter made set data type date')
    await project.add('4_code', 'alter table prices alter code type int using code::int')

    expect((await lossesOf()).losses).toEqual([
      '1_amount: converted column prices.amount from numeric(12,4) to numeric(12,2), 2 values, 3 rows, 1 change',
      '3_made: converted column prices.made from timestamp without time zone to date, 2 values, 3 rows, 1 change',
      '4_code: converted column prices.code from text to integer, 2 values, 3 rows, 1 change',
    ])
  })

  it('of a computed value are all values, whatever the type', async () => {
    await asOwner(
      `create table t (a int, b int, c int, "D d" text); insert into t values (1, 2, 3, '4'), (1, null, 3, '5')`,
    )
    await project.add(
      '1_t',
      'alter table t alter a type text using null, alter b type int using (b + 1), alter c type bigint',
    )
    await project.add(
      '2_d',
      'alter table t rename to u; alter table u alter "D d" type numeric(5,2) using "D d"::numeric(5,2)',
    )

    expect((await lossesOf()).losses).toEqual([
      '1_t: converted column t.a from integer to null, 2 values, 2 rows',
      '1_t: converted column t.b from integer to null, 1 values, 2 rows',
      '2_d: converted column t.D d from text to numeric(5,2), 2 values, 2 rows, 2 change',
    ])
  })

  it('are told beside what is overwritten, by UPDATE and by foreign keys', async () => {
    await asOwner(`create table t (id int primary key, note text); insert into t values (1, 'x'), (2, 'y');
      create table n (t_id int references t on delete set null); insert into n values (1)`)
    await project.add('1_a', 'update t set note = null where id = 2; delete from t where id = 1')

    expect(await lossesOf()).toEqual({
      method: 'tried',
      note: 'Overwritten, and not counted as lost: 1 row of t, 1 row of n.',
      losses: ['1_a: deleted rows t, 1 rows'],
    })
  })

  it('of a partitioned table are told once, with the rows of its parts', async () => {
    await asOwner(`create table m (day int, note text) partition by range (day);
      create table m1 partition of m for values from (1) to (10); create table m2 partition of m for values from (10) to (20);
      insert into m values (1, 'a'), (11, 'b'), (12, null)`)
    await project.add('1_note', 'alter table m drop column note')
    await project.add('2_part', 'drop table m2')

    expect((await lossesOf()).losses).toEqual([
      '1_note: column m.note, 2 values, 3 rows',
      '2_part: relation m2, 2 rows',
    ])
  })

  it('are not looked for, on no session, where no statement can destroy data', async () => {
    await asOwner('create table a (x int)')
    await project.add(
      '1_a',
      'alter table a add y int; create index on a (y); drop index a_y_idx; insert into a values (1)',
    )

    expect(await lossesOf()).toEqual({ method: 'none', note: null, losses: [] })
    expect(project.sessions).toHaveLength(0)
  })

  it('leave the database as it is', async () => {
    await asOwner('create table a (x int); insert into a values (1)')
    await project.add('1_a', 'create table b (); drop table a')

    await lossesOf()

    const { rows } = await database.query("select to_regclass('b') as b, (select count(*)::int from a) as count")
    expect(rows).toEqual([{ b: null, count: 1 }])
    expect((await project.act(ALL)).outcome).toBe('complete')
  })

  it('are found without the rows that the plan adds, so that no sequence moves', async () => {
    await asOwner('create table a (id serial primary key, x int); insert into a (x) values (1)')
    await project.add('1_a', 'insert into a (x) values (2), (null); update a set x = 3 where x is null')
    await project.add(
      '2_b',
      'alter table a add y int; insert into a (y) values (1); alter table a alter x set not null, drop column y',
    )
    await project.add('3_c', 'alter table a drop column x; delete from a where id = 1')

    const found = await lossesOf()

    expect(found).toEqual({
      method: 'tried',
      note: null, // 1_a updates only rows that it was not let add
      losses: ['3_c: column a.x, 1 values, 1 rows', '3_c: deleted rows a, 1 rows'],
    })
    expect((await database.query('select last_value::int from a_id_seq')).rows).toEqual([{ last_value: 1 }])
  })

  it('are read from the statements where nothing may be tried, and what those leave open is said', async () => {
    await asOwner(
      'create table a (x int); insert into a values (1), (2); create table b (y int); insert into b values (3)',
    )
    await project.add(
      '1_a',
      'delete from a where x = 1;\ntruncate b;\ndo $$ begin delete from a; end $$;\ndrop view if exists v cascade',
    )

    const found = await lossesOf(ALL, false)

    expect(found).toEqual({
      method: 'read',
      note: 'What else line 3 of 1_a.up.sql, line 4 of 1_a.up.sql destroys, the words do not say.',
      losses: ['1_a: deleted rows a, 2 rows', '1_a: truncated rows b, 1 rows'],
    })
  })

  it('are read from the statements where the plan fails, and say why', async () => {
    await asOwner('create table "My a" (x int, y int); insert into "My a" values (1, null), (2, 2)')
    await project.add('1_a', 'drop index "no such"; alter table only "My a" drop if exists y, alter x type bigint')

    const found = await lossesOf()

    expect(found).toEqual({
      method: 'read',
      note: 'ERROR: index "no such" does not exist',
      losses: [
        '1_a: column "My a".y, 1 values, 2 rows',
        '1_a: converted column "My a".x from integer to null, 2 values, 2 rows',
      ],
    })
  })

  it('are estimated while the table cannot be read, and no lock but ACCESS SHARE is asked for', async () => {
    await asOwner(
      'create table a (x int, y int); insert into a select i, nullif(i % 4, 0) from generate_series(1, 400) i',
    )
    await asOwner('analyze a')
    await project.add('1_a', '-- transaction: off\nalter table a drop column y')
    const holder = await ownClient()
    await holder.query('begin; lock table a')
    const modes = new Set<string>()
    let isOver = false
    const watching = (async () => {
      while (!isOver) {
        const { rows } = await database.query(
          `select l.mode from pg_locks l join pg_stat_activity s on s.pid = l.pid
           where s.application_name = 'Strata loss meter' and l.relation = 'a'::regclass`,
        )
        for (const { mode } of rows) modes.add(mode)
      }
    })()

    const found = await lossesOf()
    isOver = true
    await watching

    expect(found).toEqual({
      method: 'read',
      note: '1_a.up.sql runs outside a transaction.',
      losses: ['1_a: column a.y, 300 values, 400 rows, estimate'],
    })
    expect([...modes]).toEqual(['AccessShareLock'])
  })

  it('are read from the statements where the server counts no rows', async () => {
    await asOwner('create table a (x int); insert into a values (1), (2)')
    await database.query(`alter database ${database.name} set track_counts = off`)
    await project.add('1_a', 'delete from a')

    expect(await lossesOf()).toEqual({
      method: 'read',
      note: 'The server counts no deleted rows: track_counts is off.',
      losses: ['1_a: deleted rows a, 2 rows'],
    })
  })

  it('do not wait behind others: a lock that is not granted at once is not waited for', async () => {
    await asOwner('create table a (x int); insert into a values (1)')
    await project.add('1_a', 'drop table a')
    const reader = await ownClient()
    await reader.query('begin; select * from a')
    const startedAt = performance.now()

    const found = await lossesOf()

    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(found).toEqual({
      method: 'read',
      note: 'ERROR: canceling statement due to lock timeout',
      losses: ['1_a: relation a, 1 rows'],
    })
  })

  it.each([
    [['nick'], 'select "id", "nick" from only "public"."acct"'],
    [[], 'select * from only "public"."acct"'],
  ])('are kept with the key of their table (%j)', async (columns, expected) => {
    await asOwner('create table acct (nick text, id int primary key)')
    const { rows } = await database.query("select 'acct'::regclass::oid::int as oid")
    const queries: string[] = []

    await project.migrations.keepRows(
      { profileId: project.profileId, oid: rows[0]?.oid, columns },
      async (_, query) => {
        queries.push(query)
      },
    )

    expect(queries).toEqual([expected])
  })

  it('stop being counted when nobody listens any more', async () => {
    await asOwner('create table a (x int); insert into a values (1)')
    await project.add('1_a', 'drop table a; select pg_sleep(60)')
    const { profileId, migrations } = project
    const { digest } = await migrations.plan({ profileId, action: ALL })
    const closing: (() => void)[] = []
    const channel = { isClosed: false, onClose: (listener: () => void) => void closing.push(listener), send: () => {} }
    const counting = migrations.losses({ profileId, action: ALL, digest, mayTry: true }, channel).catch(() => 'stopped')
    for (;;) {
      const { rows } = await database.query("select 1 from pg_stat_activity where query like 'select pg_sleep%'")
      if (rows.length > 0) break
    }

    for (const close of closing) close()

    expect(await counting).toBe('stopped')
  })
})

function inWords(loss: Loss, counted: LossCount | null | undefined): string {
  const of = loss.column === null ? loss.relation : `${loss.relation}.${loss.column}`
  const types = loss.kind === 'converted column' ? ` from ${loss.fromType} to ${loss.toType}` : ''
  const parts = [`${loss.migration}: ${loss.kind} ${of}${types}`]
  if (counted == null) return `${parts[0]}, not counted`
  if (counted.values !== null) parts.push(`${counted.values} values`)
  parts.push(`${counted.rows} rows`)
  if (counted.changed !== null) parts.push(`${counted.changed} change`)
  if (counted.isEstimate) parts.push('estimate')
  return parts.join(', ')
}
