import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleChild, type Child, startChild } from '../../support/child-program'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

type Line = {
  readonly type: string
  readonly outcome?: string
  readonly name?: string
  readonly statement?: number
  readonly waitedMs?: number
}

describe('migrations of several processes', () => {
  let program: string
  let bundle: string
  let database: TestDatabase
  let project: Project
  beforeAll(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'strata-runner-'))
    program = await bundleChild(resolve(import.meta.dirname, '../../support/migration-runner.ts'), bundle)
  })
  afterAll(() => rm(bundle, { recursive: true, force: true }))
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const startRunner = (): Child => {
    const { target, password } = database
    return startChild(program, [
      JSON.stringify({ folder: project.folder, target, password, action: { kind: 'apply all' } }),
    ])
  }
  const heard = async (child: Child, fits: (line: Line) => boolean) => {
    for (;;) {
      const line = (await child.next()) as Line
      if (fits(line)) return line
    }
  }
  const last = (child: Child) => child.lines.at(-1) as Line

  it('apply each migration once when they start together, and end well', async () => {
    await database.query('create table effects (name text)')
    await database.query('grant all on effects to app')
    for (const name of ['1_a', '2_b', '3_c']) {
      await project.add(name, `select pg_sleep(0.1); insert into effects values ('${name}')`)
    }

    const runners = [startRunner(), startRunner(), startRunner()]
    await Promise.all(runners.map((runner) => runner.ended))

    const { rows } = await database.query('select name, count(*)::int from effects group by name order by name')
    expect(rows).toEqual([
      { name: '1_a', count: 1 },
      { name: '2_b', count: 1 },
      { name: '3_c', count: 1 },
    ])
    const outcomes = runners.map((runner) => last(runner).outcome)
    expect(outcomes.filter((outcome) => outcome === 'complete').length).toBeGreaterThan(0)
    expect(outcomes.every((outcome) => outcome === 'complete' || outcome === 'nothing to do')).toBe(true)
  })

  it('wait for a long concurrent index build without getting in its way', async () => {
    await database.query('create table big (x int); alter table big owner to app; insert into big values (1)')
    await project.add('1_a', '-- transaction: off\ncreate index concurrently big_x on big (x)')
    const { host, port, role, database: name } = database.target
    const old = new pg.Client({ host, port, user: role, password: database.password, database: name })
    old.on('error', () => {}) // its database is dropped under it when the test fails
    await old.connect()
    await old.query('begin; insert into big values (2)')
    const builder = startRunner()
    await heard(builder, (line) => line.type === 'indexProgressed')
    const waiting = startRunner()
    // Longer than deadlock_timeout: a wait inside the server would have ended the build.
    await heard(waiting, (line) => line.type === 'lockAwaited' && (line.waitedMs ?? 0) > 1500)
    await old.query('commit')
    await old.end()
    await Promise.all([builder.ended, waiting.ended])

    const { rows } = await database.query("select indisvalid from pg_index where indexrelid = 'big_x'::regclass")
    expect(rows).toEqual([{ indisvalid: true }])
    expect([last(builder).outcome, last(waiting).outcome]).toEqual(['complete', 'nothing to do'])
  })

  it('converge when one is killed within a migration and another runs', async () => {
    await project.add('1_a', 'create table a ()')
    await project.add('2_b', 'create table b (); select pg_sleep(2)')
    await project.add('3_c', 'create table c ()')
    const killed = startRunner()
    await heard(killed, (line) => line.type === 'statementStarted' && line.name === '2_b' && line.statement === 2)
    killed.process.kill('SIGKILL')
    await killed.ended

    const second = startRunner()
    await second.ended

    expect(last(second).outcome).toBe('complete')
    const { rows } = await database.query('select name, status from strata.migration order by seq')
    expect(rows).toEqual([
      { name: '1_a', status: 'applied' },
      { name: '2_b', status: 'applied' },
      { name: '3_c', status: 'applied' },
    ])
  })

  it('show a migration without a transaction as running where it was killed, and run nothing more until it is resumed', async () => {
    await project.add('1_a', '-- transaction: off\nselect 1; select pg_sleep(2)')
    const killed = startRunner()
    await heard(killed, (line) => line.type === 'statementStarted' && line.statement === 2)
    killed.process.kill('SIGKILL')
    await killed.ended
    for (;;) {
      const { rows } = await database.query("select 1 from pg_locks where locktype = 'advisory'")
      if (rows.length === 0) break
      await pause(20)
    }

    const { migrations } = await project.migrations.list(project.profileId)
    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: { kind: 'apply all' } })

    const resumed = await project.act({ kind: 'resume', name: '1_a' })

    expect(migrations).toMatchObject([
      {
        state: 'running',
        stopped: { completed: 1, statementCount: 2, error: null, statement: { text: 'select pg_sleep(2)' } },
      },
    ])
    expect([resumed.outcome, await project.states()]).toEqual(['complete', { '1_a': 'applied' }])
    expect(refusals[0]?.message).toMatch(
      /^"1_a" was interrupted while it was applied without a transaction, since .+: statement 1 of 2 was the last to complete\./,
    )
  })

  it('leave an INVALID index that is dropped before the file goes on, when one is killed while it builds it', async () => {
    await project.add('1_a', 'create table a (x int)')
    await project.act({ kind: 'apply all' })
    await project.add('2_i', '-- transaction: off\nselect 1; create index concurrently on a (x); analyze a')
    const { host, port, role, database: name } = database.target
    const reader = new pg.Client({ host, port, user: role, password: database.password, database: name })
    await reader.connect()
    await reader.query('begin isolation level repeatable read; select * from a') // the build waits for it
    const killed = startRunner()
    await heard(killed, (line) => line.type === 'statementStarted' && line.statement === 2)
    await expect
      .poll(async () => (await database.query('select 1 from pg_index where not indisvalid')).rows.length)
      .toBe(1)
    killed.process.kill('SIGKILL')
    await killed.ended
    await expect
      .poll(async () => (await database.query("select 1 from pg_locks where locktype = 'advisory'")).rows.length, {
        timeout: 10_000,
      })
      .toBe(0)
    await reader.end()

    const { migrations } = await project.migrations.list(project.profileId)
    const { outcome } = await project.act({ kind: 'drop index and retry', name: '2_i' })

    expect(migrations[1]?.stopped).toMatchObject({ completed: 1, error: null, invalidIndexes: ['public.a_x_idx'] })
    const { rows } = await database.query(
      'select indexrelid::regclass::text as name, indisvalid from pg_index i where indrelid = $1::regclass',
      ['a'],
    )
    expect([outcome, rows]).toEqual(['complete', [{ name: 'a_x_idx', indisvalid: true }]])
  })
})
