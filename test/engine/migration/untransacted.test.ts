import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MigrationAction } from '../../../contract/migration'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('migrations without a transaction', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
    await project.add('1_a', 'create table a (x int); insert into a values (1), (1)', 'drop table a')
    await project.act(ALL)
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const row = async () =>
    (await database.query("select status, statement_no, statement_count from strata.migration where name = '2_i'"))
      .rows[0]

  it('builds indexes concurrently and records how far it came', async () => {
    await project.add(
      '2_i',
      '-- transaction: off\ncreate index concurrently i on a (x);\nset role none;\nvacuum a;',
      '-- transaction: off\ndrop index concurrently i',
    )

    const applied = await project.act(ALL)
    const recorded = await row()
    const rolledBack = await project.act({ kind: 'roll back last' })

    expect([applied.outcome, recorded, rolledBack.outcome, await row()]).toEqual([
      'complete',
      { status: 'applied', statement_no: 3, statement_count: 3 },
      'complete',
      undefined,
    ])
  })

  it('succeeds while another runner waits for the lock', async () => {
    await project.add('2_i', '-- transaction: off\ncreate index concurrently i on a (x);')
    const other = await createProject(database, { folder: project.folder })
    const { host, port, role, database: name } = database.target
    const reader = new pg.Client({ host, port, user: role, password: database.password, database: name })
    await reader.connect()
    await reader.query('begin isolation level repeatable read; select * from a') // CREATE INDEX CONCURRENTLY waits for it
    const second = await other.migrations.plan({ profileId: other.profileId, action: ALL })
    const first = await project.start(ALL)
    await first.channel.heard('statementStarted')
    const { HeardChannel, reportOf } = await import('../../support/migration-project')
    const channel = new HeardChannel()
    const waiting = other.migrations.run({ profileId: other.profileId, action: ALL, digest: second.digest }, channel)
    await channel.heard('lockAwaited')

    await reader.end()

    expect((await first.ended).outcome).toBe('complete')
    await waiting
    expect(reportOf(channel.events).outcome).toBe('nothing to do')
    await other.remove()
  })

  it('marks it failed at the statement and names the INVALID index that is left', async () => {
    await project.add('2_i', '-- transaction: off\nselect 1;\ncreate unique index concurrently i on a (x);\nselect 2')

    const { failure, outcome } = await project.act(ALL)

    expect([outcome, failure?.statement, failure?.left]).toEqual([
      'failed',
      2,
      'Statement 1 took effect and stays. INVALID index public.i on public.a is left. The history marks the migration as failed.',
    ])
    expect([await row(), await project.states()]).toEqual([
      { status: 'failed', statement_no: 1, statement_count: 3 },
      { '1_a': 'applied', '2_i': 'failed' },
    ])
  })

  it('refuses to run anything while one stands half-way, and says where it stands', async () => {
    await project.add('2_i', '-- transaction: off\nselect 1;\nselect 1 / 0')
    await project.act(ALL)
    await project.add('3_b', 'create table b ()')

    const plans = await Promise.all(
      [ALL, { kind: 'roll back last' } as const].map((action) =>
        project.migrations.plan({ profileId: project.profileId, action }),
      ),
    )

    for (const { refusals } of plans) {
      expect(refusals[0]?.message).toBe(
        '"2_i" stopped half-way while it was applied without a transaction: statement 1 of 2 was the last to complete. It failed with: division by zero. Before anything else runs, select it and resume it, retry it or mark it.',
      )
    }
  })

  it('does not take IF NOT EXISTS on an INVALID index for success', async () => {
    await project.add('2_i', '-- transaction: off\ncreate unique index concurrently i on a (x)')
    await project.act(ALL)
    await database.query("delete from strata.migration where name = '2_i'")
    await project.add('2_i', '-- transaction: off\ncreate unique index concurrently if not exists i on a (x)')

    const { outcome, failure } = await project.act(ALL)

    expect([outcome, failure?.cause]).toMatchObject([
      'failed',
      {
        kind: 'refused',
        issues: [
          {
            message: 'Index public.i on public.a is INVALID: an earlier attempt left it. Drop it, then run this again.',
          },
        ],
      },
    ])
  })

  it('is not held up by an INVALID index of the same name elsewhere, nor by an older one of its table', async () => {
    await database.query(`create schema "odd ""s"; create table "odd ""s".a (x int); insert into "odd ""s".a values (1), (1);
      grant all on schema "odd ""s" to app; alter table "odd ""s".a owner to app`)
    const build = database.query('create unique index concurrently i on "odd ""s".a (x)')
    await build.catch(() => {}) // it is to fail, and to leave an INVALID index
    await project.add('2_i', '-- transaction: off\ncreate index concurrently if not exists i on a (x)')
    await project.add('3_i', '-- transaction: off\ncreate index concurrently on "odd ""s".a (x)')

    const { outcome, failure } = await project.act(ALL)

    expect([outcome, failure]).toEqual(['complete', null])
  })

  it.each(['discard all', 'select pg_advisory_unlock_all()'])(
    'keeps the migration lock after %s',
    async (statement) => {
      const held = "select count(*)::int as locks from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
      await project.add('2_i', `-- transaction: off\n${statement};\ncreate table held as ${held}`)

      await project.act(ALL)

      expect((await database.query('select locks from held')).rows).toEqual([{ locks: 1 }])
    },
  )

  it('records a cancelled one as failed where it stopped', async () => {
    await project.add('2_i', '-- transaction: off\nselect 1; select pg_sleep(60)')
    const { channel, ended } = await project.start(ALL)
    const { runId } = await channel.heard('runStarted')
    await channel.heard('statementStarted', (event) => event.statement === 2)

    project.migrations.cancel(runId)

    expect((await ended).outcome).toBe('cancelled')
    expect(await row()).toEqual({ status: 'failed', statement_no: 1, statement_count: 2 })
  })

  it('records it as failed when its backend is terminated', async () => {
    await project.add('2_i', '-- transaction: off\nselect 1; select pg_sleep(60)')
    const { channel, ended } = await project.start(ALL)
    await channel.heard('statementStarted', (event) => event.statement === 2)
    for (;;) {
      const { rows } = await database.query(
        "select pg_terminate_backend(pid) as done from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
      )
      if (rows[0]?.done === true) break
      await pause(10)
    }

    const { outcome, failure } = await ended

    expect([outcome, failure?.cause.kind, await row()]).toEqual([
      'failed',
      'connection',
      { status: 'failed', statement_no: 1, statement_count: 2 },
    ])
  })

  describe('that stopped half-way', () => {
    const UP = '-- transaction: off\nselect 1;\ncreate unique index concurrently i on a (x);\ncreate table done ()'
    const refusals = async (action: MigrationAction) =>
      (await project.migrations.plan({ profileId: project.profileId, action })).refusals.map(({ message }) => message)
    const plan = (action: MigrationAction) => project.migrations.plan({ profileId: project.profileId, action })
    const stopped = async () =>
      (await project.migrations.list(project.profileId)).migrations.find(({ name }) => name === '2_i')?.stopped
    const log = async () =>
      (await database.query("select action, detail from strata.log where name = '2_i' order by id")).rows
    const name = '2_i'
    beforeEach(async () => {
      await project.add('2_i', UP, '-- transaction: off\ndrop index concurrently i; drop table done')
      await project.act(ALL)
    })

    it('says what is in, what failed and which INVALID index is left', async () => {
      expect(await stopped()).toEqual({
        direction: 'apply',
        completed: 1,
        statementCount: 3,
        statement: { line: 3, text: 'create unique index concurrently i on a (x)' },
        error: 'could not create unique index "i"',
        invalidIndexes: ['public.i'],
      })
    })

    it('drops the INVALID index and goes on where it failed, once the duplicates are gone', async () => {
      await database.query('delete from a where ctid = (select min(ctid) from a)')

      const { steps } = await plan({ kind: 'drop index and retry', name })
      const report = await project.act({ kind: 'drop index and retry', name })

      expect(steps).toMatchObject([
        {
          reason: 'Failed at statement 2. Statement 1 is in and not run again.',
          skips: 1,
          repairs: 1,
          statements: [
            { text: 'select 1' },
            { text: 'drop index concurrently if exists public.i' },
            { text: 'create unique index concurrently i on a (x)' },
            { text: 'create table done ()' },
          ],
        },
      ])
      const numbers = report.events.flatMap((event) => (event.type === 'statementCompleted' ? [event.statement] : []))
      expect([report.outcome, numbers, await row()]).toEqual([
        'complete',
        [2, 3, 4],
        { status: 'applied', statement_no: 3, statement_count: 3 },
      ])
      const { rows } = await database.query("select indisvalid from pg_index where indexrelid = 'i'::regclass")
      expect([rows, (await log()).map(({ action }) => action)]).toEqual([
        [{ indisvalid: true }],
        ['fail', 'resume', 'up'],
      ])
      expect((await log())[1]?.detail).toEqual({ direction: 'apply', from: 2, drops: ['public.i'] })
    })

    it('stands where it stood when the duplicates are still there, with the index named again', async () => {
      const { failure } = await project.act({ kind: 'drop index and retry', name })

      expect([failure?.statement, failure?.left, await row(), (await stopped())?.invalidIndexes]).toEqual([
        3,
        'Statement 1 took effect and stays. INVALID index public.i on public.a is left. The history marks the migration as failed.',
        { status: 'failed', statement_no: 1, statement_count: 3 },
        ['public.i'],
      ])
    })

    it('resumes at the statement that failed, with what the file says there now', async () => {
      await project.add('2_i', UP.replace('unique index concurrently i', 'index concurrently j'))

      const { outcome } = await project.act({ kind: 'resume', name })

      const { rows } = await database.query("select checksum, up_sql from strata.migration where name = '2_i'")
      expect([outcome, await row(), rows[0]?.up_sql]).toEqual([
        'complete',
        { status: 'applied', statement_no: 3, statement_count: 3 },
        UP.replace('unique index concurrently i', 'index concurrently j'),
      ])
      expect(await project.states()).toEqual({ '1_a': 'applied', '2_i': 'applied' })
    })

    it('does not resume behind a statement that was edited after it took effect', async () => {
      await project.add('2_i', UP.replace('select 1', 'select 2'))

      expect(await refusals({ kind: 'resume', name })).toEqual([
        'Statement 1 of 2_i.up.sql is not the one that took effect: the file was edited. Retry it from the start, or mark it.',
      ])
    })

    it('is retried from its first statement', async () => {
      await project.add('2_i', '-- transaction: off\nselect 1; select 2')

      const { steps } = await plan({ kind: 'retry', name })
      const report = await project.act({ kind: 'retry', name })

      expect([steps[0]?.reason, steps[0]?.skips, report.outcome, await row()]).toEqual([
        'Failed at statement 2. Statement 1 took effect before; all are run again. INVALID index public.i is still there.',
        0,
        'complete',
        { status: 'applied', statement_no: 2, statement_count: 2 },
      ])
    })

    it.each([
      ['mark as applied', [{ status: 'applied', statement_no: 3, statement_count: 3 }, 'mark']],
      ['mark as not applied', [undefined, 'unmark']],
    ] as const)('is settled with: %s', async (kind, expected) => {
      const { outcome } = await project.act({ kind, name })

      const last = (await log()).at(-1)
      expect([outcome, [await row(), last?.action], last?.detail]).toEqual([
        'complete',
        expected,
        { was: 'failed', statement: 1 },
      ])
      expect(await refusals(ALL)).toEqual([])
    })

    it('is the only one that may be marked or resumed meanwhile', async () => {
      expect([
        (await refusals({ kind: 'mark as not applied', name: '1_a' })).length,
        await refusals({ kind: 'retry', name: '1_a' }),
      ]).toEqual([1, [expect.stringContaining('"2_i" stopped half-way')]])
    })

    it('is at work, and nothing can be settled, while its runner holds the lock', async () => {
      await project.add('2_i', '-- transaction: off\nselect pg_sleep(60)')
      const { channel, ended } = await project.start({ kind: 'retry', name })
      const { runId } = await channel.heard('runStarted')
      await channel.heard('statementStarted')

      const seen = [await stopped(), (await refusals({ kind: 'mark as applied', name }))[0]]
      project.migrations.cancel(runId)
      await ended

      expect(seen).toEqual([null, expect.stringContaining('"2_i" is being applied by Strata migrations')])
    })

    it('goes on rolling back where its rollback failed', async () => {
      await project.add('2_i', '-- transaction: off\nselect 1', '-- transaction: off\nselect 1; select 1 / 0; select 3')
      await project.act({ kind: 'retry', name })
      await project.act({ kind: 'roll back last' })
      await project.add('2_i', '-- transaction: off\nselect 1', '-- transaction: off\nselect 1; select 2; select 3')

      const before = await stopped()
      const { outcome, events } = await project.act({ kind: 'resume', name })

      const numbers = events.flatMap((event) => (event.type === 'statementCompleted' ? [event.statement] : []))
      expect([before?.direction, before?.completed, outcome, numbers, await row()]).toEqual([
        'roll back',
        1,
        'complete',
        [2, 3],
        undefined,
      ])
    })
  })

  it('refuses in a transaction what the server would refuse there, with the way out', async () => {
    await project.add('2_i', '\ncreate index concurrently i on a (x)')

    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(refusals[0]?.message).toBe(
      '2_i.up.sql, line 2: CREATE INDEX CONCURRENTLY cannot run inside a transaction. Put it alone into a migration whose first line is "-- transaction: off".',
    )
  })
})
