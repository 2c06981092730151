import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure as failureSchema } from '../../../contract/failure'
import { FailureError } from '../../../electron/engine/failure-error'
import { MIGRATION_LOCK } from '../../../electron/engine/migration/migration-lock'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, HeardChannel, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('running migrations', () => {
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

  const one = async (text: string) => Object.values((await database.query(text)).rows[0] ?? {})[0]
  const exists = async (name: string) => (await one(`select to_regclass('${name}')`)) !== null
  const history = async () => (await database.query('select name, status from strata.migration order by seq')).rows
  const otherClient = async () => {
    const { host, port, role, database: name } = database.target
    const client = new pg.Client({
      host,
      port,
      user: role,
      password: database.password,
      database: name,
      application_name: 'psql',
    })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }
  const until = async (fact: () => Promise<boolean>) => {
    while (!(await fact())) await pause(10)
  }

  it('records each migration with its texts in the transaction that applied it', async () => {
    await project.add(
      '1_a',
      '-- title: Accounts\ncreate table a (x int);\ninsert into a values (1), (2);',
      'drop table a',
    )

    const { events, outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(events.map((event) => event.type)).toEqual([
      'runStarted',
      'stepStarted',
      'statementStarted',
      'statementCompleted',
      'statementStarted',
      'statementCompleted',
      'stepCommitted',
      'runEnded',
    ])
    expect(events.filter((event) => event.type === 'statementCompleted').map((event) => event.rows)).toEqual([null, 2])
    const { rows } = await database.query(
      `select name, title, down_sql, transactional, reversible, status, statement_no, statement_count, applied_by, app_version,
         finished_at is not null as finished from strata.migration`,
    )
    expect(rows).toEqual([
      {
        name: '1_a',
        title: 'Accounts',
        down_sql: 'drop table a',
        transactional: true,
        reversible: true,
        status: 'applied',
        statement_no: 2,
        statement_count: 2,
        applied_by: database.target.role,
        app_version: '0.0.0-test',
        finished: true,
      },
    ])
    expect(await one(`select string_agg(action, ' ') from strata.log`)).toBe('up')
  })

  it('leaves nothing of a migration whose second statement fails, and keeps the ones before', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add(
      '2_b',
      "create table b ();\n-- 😀\ninsert into b select '😀' || missing from b;\ncreate table c ()",
    )
    await project.add('3_d', 'create table d ()')

    const { outcome, committed, failure } = await project.act(ALL)

    expect([outcome, committed]).toEqual(['failed', ['1_a']])
    expect(failure).toMatchObject({
      migration: '2_b',
      direction: 'apply',
      file: '2_b.up.sql',
      statement: 2,
      statementCount: 3,
      statementText: "insert into b select '😀' || missing from b",
      line: 3,
      column: 30,
      left: 'Nothing of this migration is left: its transaction was rolled back. 1_a stays applied.',
      cause: { kind: 'postgres', code: '42703' },
    })
    expect([await exists('a'), await exists('b'), await exists('c'), await exists('d')]).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(await history()).toEqual([{ name: '1_a', status: 'applied' }])
    expect(await one(`select detail ->> 'code' from strata.log where action = 'fail'`)).toBe('42703')
  })

  it('runs the edited text after a failure, and says failed until then', async () => {
    await project.add('1_a', 'create tabel a ()')
    await project.act(ALL)
    const afterFailure = await project.states()
    await project.add('1_a', 'create table a ()')
    const afterEdit = await project.states()

    const { outcome } = await project.act(ALL)

    expect([afterFailure, afterEdit, outcome, await project.states()]).toEqual([
      { '1_a': 'failed' },
      { '1_a': 'pending' },
      'complete',
      { '1_a': 'applied' },
    ])
  })

  it('takes the failure of a deferred constraint before anything is recorded', async () => {
    await project.add(
      '1_a',
      'create table a (x int primary key, y int references a deferrable initially deferred);\ninsert into a values (1, 2)',
    )

    const { outcome, failure } = await project.act(ALL)

    expect([outcome, failure?.cause]).toMatchObject(['failed', { kind: 'postgres', code: '23503' }])
    expect(await exists('a')).toBe(false)
  })

  it('waits for the lock of another runner and names who holds it', async () => {
    await project.add('1_a', 'create table a ()')
    const other = await otherClient()
    await other.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)
    const { channel, ended } = await project.start(ALL)
    const { holder } = await channel.heard('lockAwaited')

    await other.query(`select pg_advisory_unlock(${MIGRATION_LOCK})`)

    expect(holder).toMatchObject({
      applicationName: 'psql',
      role: database.target.role,
      state: 'idle',
      clientAddress: '127.0.0.1',
    })
    expect((await ended).outcome).toBe('complete')
  })

  it('can be cancelled while it waits for the lock', async () => {
    await project.add('1_a', 'create table a ()')
    const other = await otherClient()
    await other.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)
    const { channel, ended } = await project.start(ALL)
    const { runId } = await channel.heard('runStarted')
    await channel.heard('lockAwaited')

    project.migrations.cancel(runId)

    expect((await ended).outcome).toBe('cancelled')
    expect(await exists('strata.migration')).toBe(false)
  })

  it('gives the lock back however a run ends', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'select 1 / 0')
    await project.act(ALL)

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('failed')
    expect(await one("select count(*)::int from pg_locks where locktype = 'advisory'")).toBe(0)
  })

  it('refuses a plan that is not the one that was shown', async () => {
    await project.add('1_a', 'create table a ()')
    const { profileId } = project
    const { digest } = await project.migrations.plan({ profileId, action: ALL })
    await project.add('1_a', 'create table a (x int)')
    const channel = new HeardChannel()

    const run = project.migrations.run({ profileId, action: ALL, digest }, channel)

    await expect(run).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ path: 'digest' }] } })
    expect(channel.events).toEqual([])
    expect(await exists('strata.migration')).toBe(false)
  })

  it('has nothing to do when another runner applied the same plan meanwhile', async () => {
    await project.add('1_a', 'create table a ()')
    const { profileId } = project
    const { digest } = await project.migrations.plan({ profileId, action: ALL })
    await project.act(ALL)
    const channel = new HeardChannel()

    await project.migrations.run({ profileId, action: ALL, digest }, channel)

    expect(channel.events.map((event) => (event.type === 'runEnded' ? event.outcome : event.type))).toEqual([
      'runStarted',
      'doneElsewhere',
      'nothing to do',
    ])
  })

  it('refuses before anything runs when one file of the plan has a problem', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'create table b ();\n\nCOMMIT;\ncreate table c ()')

    const plan = await project.migrations.plan({ profileId: project.profileId, action: ALL })
    const run = project.act(ALL)

    expect(plan.refusals).toEqual([
      {
        path: '2_b',
        message:
          '2_b.up.sql, line 3: COMMIT is not allowed here. Every migration runs in a transaction of its own, together with its row in the history. Remove it.',
      },
    ])
    await expect(run).rejects.toBeInstanceOf(FailureError)
    expect(await exists('a')).toBe(false)
  })

  it('stops within a statement when it is cancelled and keeps the migrations before it', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'create table b (); select pg_sleep(60)')
    const { channel, ended } = await project.start(ALL)
    const { runId } = await channel.heard('runStarted')
    await channel.heard('statementStarted', (event) => event.name === '2_b' && event.statement === 2)
    await until(
      async () =>
        (await one(
          "select count(*)::int from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
        )) === 1,
    )

    const cancelledAt = performance.now()
    project.migrations.cancel(runId)

    const { outcome, failure, committed } = await ended
    expect(performance.now() - cancelledAt).toBeLessThan(2000)
    expect([outcome, committed, failure?.cause.kind, failure?.statement]).toEqual([
      'cancelled',
      ['1_a'],
      'cancelled',
      2,
    ])
    expect([await exists('a'), await exists('b')]).toEqual([true, false])
    expect(await project.states()).toEqual({ '1_a': 'applied', '2_b': 'pending' })
  })

  it('survives that its backend is terminated within a statement', async () => {
    await project.add('1_a', 'create table a (); select pg_sleep(60)')
    const { channel, ended } = await project.start(ALL)
    await channel.heard('statementStarted', (event) => event.statement === 2)
    await until(
      async () =>
        (await one(
          "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
        )) === true,
    )

    const { outcome, failure } = await ended

    expect([outcome, failure?.cause, failure?.left]).toMatchObject([
      'failed',
      { kind: 'connection', reason: 'lost' },
      'Nothing of this migration is left: the server rolls back what was not committed.',
    ])
    expect([await exists('a'), await history()]).toEqual([false, []])
    await project.add('1_a', 'create table a ()')
    expect((await project.act(ALL)).outcome).toBe('complete')
  })

  it('names who blocks a statement, and tries again when its lock_timeout runs out', async () => {
    await database.query(`create table a (); alter table a owner to ${database.target.role}`)
    await project.add('1_a', '-- lock-timeout: 1500ms\nalter table a add column x int')
    const reader = await otherClient()
    await reader.query('begin; select * from a')
    const { channel, ended } = await project.start(ALL)
    const { by } = await channel.heard('statementBlocked', (event) => event.by.length > 0)
    await until(async () => channel.events.filter((event) => event.type === 'statementStarted').length > 1)

    await reader.query('rollback')

    expect(by).toMatchObject([
      { applicationName: 'psql', state: 'idle in transaction', query: 'begin; select * from a' },
    ])
    expect((await ended).outcome).toBe('complete')
  })

  it('gives up after three tries and says what it waited for', async () => {
    await database.query(`create table a (); alter table a owner to ${database.target.role}`)
    await project.add('1_a', '-- lock-timeout: 50ms\nalter table a add column x int')
    const reader = await otherClient()
    await reader.query('begin; select * from a')

    const { outcome, failure, events } = await project.act(ALL)

    expect([outcome, failure?.cause]).toMatchObject(['failed', { kind: 'postgres', code: '55P03' }])
    expect(events.filter((event) => event.type === 'statementStarted')).toHaveLength(3)
  })

  it('gives each migration a session as it was opened: search_path, role, temporary tables and prepared statements are gone', async () => {
    await database.query(`create schema s; grant all on schema s to public`)
    await project.add(
      '1_dump',
      `select pg_catalog.set_config('search_path', '', false); set default_table_access_method = heap; set lock_timeout = 0;
       create table public.a (); create temp table b (x int); prepare p as select 1; set role none; set timezone = 'Asia/Tokyo';`,
    )
    await project.add(
      '2_plain',
      `create table b (); prepare p as select 2;
      create table seen as select current_setting('search_path') as path, current_setting('TimeZone') as zone, current_setting('lock_timeout') as wait`,
    )

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(await exists('public.b')).toBe(true)
    expect((await database.query('select path, wait from public.seen')).rows).toEqual([
      { path: '"$user", public', wait: '5s' },
    ])
  })

  it('records under its own role whatever role the file took', async () => {
    await database.drop()
    database = await createDatabase('postgres')
    await project.remove()
    project = await createProject(database)
    await database.query('grant create on schema public to app')
    await project.add('1_a', 'set role app; create table a ()')
    await project.add('2_b', 'set session authorization app; create table b ()')
    await project.add('3_c', 'create table c ()')

    const { outcome } = await project.act(ALL)

    expect(outcome).toBe('complete')
    expect(
      (
        await database.query(
          "select relname, relowner::regrole::text as owner from pg_class where relname in ('a', 'b', 'c') order by 1",
        )
      ).rows,
    ).toEqual([
      { relname: 'a', owner: 'app' },
      { relname: 'b', owner: 'app' },
      { relname: 'c', owner: 'postgres' },
    ])
    expect(await one("select string_agg(distinct applied_by, ' ') from strata.migration")).toBe('postgres')
  })

  it('goes on when the window goes away and tells a new one everything from the first event on', async () => {
    await project.add('1_a', 'create table a (); select pg_advisory_lock(1); create table b ()')
    const other = await otherClient()
    await other.query('select pg_advisory_lock(1)')
    const { channel, ended } = await project.start(ALL)
    await channel.heard('statementStarted', (event) => event.statement === 2)
    const before = [...channel.events]
    channel.close()
    const second = new HeardChannel()
    const following = project.migrations.follow(project.profileId, second)

    await other.query('select pg_advisory_unlock(1)')
    await Promise.all([following, ended])

    expect(second.events.slice(0, before.length)).toEqual(before)
    expect(second.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'complete' })
    await expect(project.migrations.follow(project.profileId, new HeardChannel())).rejects.toThrow(
      'No migration run is in progress.',
    )
  })

  it('refuses a second run of the same profile and names the first', async () => {
    await project.add('1_a', 'select pg_sleep(60)')
    const { channel, ended } = await project.start(ALL)
    await channel.heard('statementStarted')

    const second = project.migrations.run(
      { profileId: project.profileId, action: ALL, digest: 'any' },
      new HeardChannel(),
    )

    await expect(second).rejects.toThrow('This window is already at work: apply all.')
    await project.migrations.stop()
    expect((await ended).outcome).toBe('cancelled')
  })

  it('ends every run and its sessions when the engine stops', async () => {
    await project.add('1_a', 'create table a (); select pg_sleep(60)')
    const { channel } = await project.start(ALL)
    await channel.heard('statementStarted', (event) => event.statement === 2)

    await project.migrations.stop()

    await until(
      async () =>
        (await one(
          "select count(*)::int from pg_stat_activity where application_name = 'Strata migrations' and datname = current_database()",
        )) === 0,
    )
    expect(await exists('a')).toBe(false)
  })

  it('does not write to a database that was only looked at', async () => {
    await project.add('1_a', 'create table a ()')

    await project.migrations.list(project.profileId)
    await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(await one("select count(*)::int from pg_namespace where nspname = 'strata'")).toBe(0)
  })

  it('says what to ask for when the role may not keep a history', async () => {
    await database.drop()
    database = await createDatabase('postgres')
    await project.remove()
    project = await createProject(database, {
      target: { ...database.target, role: 'trusted', authenticationMethods: ['none'] },
    })
    await project.add('1_a', 'create table a ()')

    const run = project.act(ALL)

    await expect(run).rejects.toThrow(
      /^ERROR: permission denied for database .+ CREATE SCHEMA strata AUTHORIZATION "trusted";$/,
    )
  })

  it('works in a schema an administrator made for it', async () => {
    await database.drop()
    database = await createDatabase('postgres')
    await database.query('create schema strata authorization trusted')
    await project.remove()
    project = await createProject(database, {
      target: { ...database.target, role: 'trusted', authenticationMethods: ['none'] },
    })
    await project.add('1_a', 'select 1')

    expect((await project.act(ALL)).outcome).toBe('complete')
  })

  it('lets nothing but plain values of the contract through, with no password in them', async () => {
    await project.add('1_a', 'select 1 / 0')

    const { events, failure } = await project.act(ALL)

    expect(failureSchema.parse(failure)).toEqual(failure)
    expect(JSON.stringify(events)).not.toContain(database.password)
  })

  it('applies five hundred small migrations in a few seconds', async () => {
    for (let n = 1; n <= 500; n += 1) await project.add(`${n}_t`, `create table t${n} ()`)

    const { committed, events } = await project.act(ALL)

    const end = events.at(-1)
    expect(committed).toHaveLength(500)
    expect(committed.slice(8, 11)).toEqual(['9_t', '10_t', '11_t'])
    expect(end?.type === 'runEnded' && end.elapsedMs).toBeLessThan(20_000)
  })
})
