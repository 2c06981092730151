import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
      'Statement 1 took effect and stays. INVALID index public.i on public.a is left: drop it before you try again. The history marks the migration as failed.',
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
        '"2_i" stopped half-way while it was applied without a transaction: statement 1 of 2 was the last to complete. It failed with: division by zero. Repair the database by hand before anything else runs.',
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

  it('refuses in a transaction what the server would refuse there, with the way out', async () => {
    await project.add('2_i', '\ncreate index concurrently i on a (x)')

    const { refusals } = await project.migrations.plan({ profileId: project.profileId, action: ALL })

    expect(refusals[0]?.message).toBe(
      '2_i.up.sql, line 2: CREATE INDEX CONCURRENTLY cannot run inside a transaction. Put it alone into a migration whose first line is "-- transaction: off".',
    )
  })
})
