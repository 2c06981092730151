import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MigrationAction } from '../../../contract/migration'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { createProject, HeardChannel, type Project, type RunReport, reportOf } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('migration actions', () => {
  let database: TestDatabase
  let project: Project
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
    await project.add('1_a', 'create table a (x int)', 'drop table a')
  })
  afterEach(async () => {
    await project.remove()
    await database.drop()
  })

  const one = async (sql: string) => Object.values((await database.query(sql)).rows[0] ?? {})
  const log = async () =>
    (await database.query('select name, action, detail from strata.log order by id')).rows.map(
      ({ name, action, detail }) => [name, action, ...(detail === null ? [] : [detail])],
    )
  const history = async () =>
    (
      await database.query('select name, status, statement_no, statement_count from strata.migration order by seq')
    ).rows.map((row) => Object.values(row))
  const refusals = async (action: MigrationAction) =>
    (await project.migrations.plan({ profileId: project.profileId, action })).refusals.map(({ message }) => message)
  const moved = (report: RunReport) => [report.outcome, ...report.committed]
  const plan = async (action: MigrationAction) => project.migrations.plan({ profileId: project.profileId, action })

  describe('redo', () => {
    it('rolls back down to the migration and applies the same ones again, in their order', async () => {
      await project.add('2_b', 'insert into a values (1)', 'delete from a')
      await project.act(ALL)
      await project.add('1_a', 'create table a (x int, y int)', 'drop table a')

      const report = await project.act({ kind: 'redo', name: '1_a' })

      expect([moved(report), await one('select count(*)::int as all, count(y)::int as y from a')]).toEqual([
        ['complete', '2_b', '1_a', '1_a', '2_b'],
        [1, 0],
      ])
      expect((await log()).slice(-4)).toEqual([
        ['2_b', 'down'],
        ['1_a', 'down'],
        ['1_a', 'up'],
        ['2_b', 'up'],
      ])
    })

    it('whose up fails says what stays rolled back and what is applied again', async () => {
      await project.add('2_b', 'create table b ()', 'drop table b')
      await project.add('3_c', 'create table c ()', 'drop table c')
      await project.act(ALL)
      await project.add('3_c', 'select 1 / 0', 'drop table c')
      const lefts = async (name: string) => (await project.act({ kind: 'redo', name })).failure?.left

      expect(await lefts('3_c')).toBe(
        'Nothing of this migration is left: its transaction was rolled back. 3_c stays rolled back.',
      )
      await project.add('2_b', 'create table b (); select 1 / 0', 'drop table b')
      expect(await lefts('1_a')).toBe(
        'Nothing of this migration is left: its transaction was rolled back. 1_a stays applied. 2_b stays rolled back.',
      )
      expect(await history()).toEqual([['1_a', 'applied', 1, 1]])
    })

    it('whose up fails outside a transaction leaves that one half-way, and says it of no other', async () => {
      await project.add('2_i', '-- transaction: off\nselect 1', '-- transaction: off\nselect 1')
      await project.act(ALL)
      await project.add('2_i', '-- transaction: off\nselect 1;\nselect 1 / 0', '-- transaction: off\nselect 1')

      const { failure } = await project.act({ kind: 'redo', name: '1_a' })

      expect(failure?.left).toBe(
        'Statement 1 took effect and stays. The history marks the migration as failed. 1_a stays applied.',
      )
    })

    it('says in its plan what happens in which direction and why', async () => {
      await project.act(ALL)
      await project.add('1_a', 'create table a (y int)', 'drop table a')

      const { direction, steps } = await plan({ kind: 'redo', name: '1_a' })

      expect([direction, ...steps.map((step) => [step.direction, step.reason, step.file])]).toEqual([
        'apply',
        [
          'roll back',
          'Applied last. 1_a.up.sql was edited after it was applied: check that the rollback still fits.',
          '1_a.down.sql',
        ],
        ['apply', 'Applied again: 1_a.up.sql was edited since, and the file is used.', '1_a.up.sql'],
      ])
    })

    it('is refused without a rollback, and when it is not applied', async () => {
      await project.add('2_b', 'select 1')
      await project.act(ALL)

      expect([await refusals({ kind: 'redo', name: '2_b' }), await refusals({ kind: 'redo', name: '3_c' })]).toEqual([
        [
          '"2_b" cannot be rolled back. There is no 2_b.down.sql. Write one, or say "-- irreversible: why" in 2_b.up.sql.',
        ],
        ['"3_c" is not applied, so it cannot be rolled back.'],
      ])
    })
  })

  describe('marking', () => {
    it('as applied writes the history and the log, and runs nothing', async () => {
      const report = await project.act({ kind: 'mark as applied', name: '1_a' })

      expect([moved(report), await one("select to_regclass('a')"), await history(), await log()]).toEqual([
        ['complete', '1_a'],
        [null],
        [['1_a', 'applied', 1, 1]],
        [['1_a', 'mark']],
      ])
      expect(await project.states()).toEqual({ '1_a': 'applied' })
    })

    it('as not applied takes the row out, and rolls nothing back', async () => {
      await project.act(ALL)

      const report = await project.act({ kind: 'mark as not applied', name: '1_a' })

      expect([
        moved(report),
        await one("select to_regclass('a')::text"),
        await history(),
        (await log()).at(-1),
      ]).toEqual([['complete', '1_a'], ['a'], [], ['1_a', 'unmark', { was: 'applied', statement: 1 }]])
    })

    it('says in its plan that nothing is run', async () => {
      const { steps } = await plan({ kind: 'mark as applied', name: '1_a' })

      expect(steps).toMatchObject([
        {
          isMark: true,
          statements: [],
          reason: 'Nothing of it is run: the history will say that it is applied, as if it had been done by hand.',
        },
      ])
    })

    it('says in its plan where the dependencies then do not hold', async () => {
      await project.add('2_b', '-- depends: 1_a\nselect 1')
      const early = await plan({ kind: 'mark as applied', name: '2_b' })
      await project.act(ALL)
      const late = await plan({ kind: 'mark as not applied', name: '1_a' })

      expect([early, late].map(({ steps }) => steps[0]?.reason.replace(/^.*?\. (?=\S+ depends)/, ''))).toEqual([
        'It depends on 1_a, which the history does not say is applied.',
        '2_b depends on it, and stays applied.',
      ])
    })

    it('is refused where the history says so already', async () => {
      const early = await refusals({ kind: 'mark as not applied', name: '1_a' })
      await project.act(ALL)

      expect([early, await refusals({ kind: 'mark as applied', name: '1_a' })]).toEqual([
        ['"1_a" is not in the history.'],
        ['The history says "1_a" is applied already.'],
      ])
    })
  })

  describe('all or nothing', () => {
    const whole = async (action: MigrationAction) => {
      const asked = { profileId: project.profileId, action, isAllOrNothing: true }
      const { digest } = await project.migrations.plan(asked)
      return project.run({ ...asked, digest })
    }

    it('leaves nothing of the first when the second fails', async () => {
      await project.add('2_b', 'create table b (x int); select 1 / 0')

      const { outcome, committed, failure, events } = await whole(ALL)

      expect([outcome, committed, failure?.migration, failure?.left]).toEqual([
        'failed',
        [],
        '2_b',
        'Nothing of this run is left: its transaction was rolled back.',
      ])
      expect(events.filter(({ type }) => type === 'stepCompleted')).toHaveLength(1)
      expect([
        await one("select to_regclass('a') as a, to_regclass('b') as b"),
        await history(),
        (await log()).map(([, deed]) => deed),
      ]).toEqual([[null, null], [], ['fail']])
    })

    it('commits all of them at once, and tells it only then', async () => {
      await project.add('2_b', 'set search_path = pg_catalog; create table public.b (x int)', 'drop table b')
      await project.add('3_c', 'create table c (x int)', 'drop table c')

      const { outcome, events } = await whole(ALL)

      expect([outcome, events.map(({ type }) => type).filter((type) => /^step(Com|F)/.test(type))]).toEqual([
        'complete',
        ['stepCompleted', 'stepCompleted', 'stepCompleted', 'stepCommitted', 'stepCommitted', 'stepCommitted'],
      ])
      expect(
        await one('select count(distinct started_at)::int as transactions, count(*)::int as all from strata.migration'),
      ).toEqual([1, 3])
    })

    it('keeps constraints deferred from one migration to the next', async () => {
      await project.add('2_b', 'create table b (x int primary key, y int references b deferrable initially deferred)')
      await project.add('3_c', 'insert into b values (1, 2); insert into b values (2, 1)')

      expect((await whole(ALL)).outcome).toBe('complete')
    })

    it('lets a migration alter the table in which one before it left rows to be checked', async () => {
      await project.add('2_b', 'create table b (x int primary key, y int references b deferrable initially deferred)')
      await project.add('3_c', 'insert into b values (1, 2); insert into b values (2, 1)')
      await project.add('4_d', 'alter table b add z int; insert into b values (3, 4); insert into b values (4, 3)')

      const { outcome, failure } = await whole(ALL)

      expect([outcome, failure]).toEqual(['complete', null])
    })

    it('redoes in one transaction', async () => {
      await project.act(ALL)
      await writeFile(join(project.folder, '1_a.up.sql'), 'create table a (x int); select 1 / 0')

      const { outcome } = await whole({ kind: 'redo', name: '1_a' })

      expect([outcome, await one("select to_regclass('a')::text"), await history()]).toEqual([
        'failed',
        ['a'],
        [['1_a', 'applied', 1, 1]],
      ])
    })

    it('tries a migration again whose lock was not granted, with what came before it kept', async () => {
      await project.act(ALL)
      await project.add('2_b', 'create table b ()')
      await project.add('3_c', '-- lock-timeout: 100ms\nalter table a add y int')
      const { host, port, role, database: name } = database.target
      const reader = new pg.Client({ host, port, user: role, password: database.password, database: name })
      await reader.connect()
      await reader.query('begin; select * from a')
      const asked = { profileId: project.profileId, action: ALL, isAllOrNothing: true }
      const { digest } = await project.migrations.plan(asked)
      const channel = new HeardChannel()
      const running = project.migrations.run({ ...asked, digest }, channel)

      await channel.heard('lockTimedOut')
      await reader.end()
      await running

      expect(moved(reportOf(channel.events))).toEqual(['complete', '2_b', '3_c'])
    })

    it('knows that it was committed when the answer to COMMIT is lost', async () => {
      await project.act(ALL)
      const proxy = await startFaultProxy(database.target)
      const remote = await createProject(database, {
        folder: project.folder,
        target: { ...database.target, port: proxy.port },
      })
      const before = await one('select max(seq)::int from strata.migration')
      const asked = {
        profileId: remote.profileId,
        action: { kind: 'redo', name: '1_a' } as const,
        isAllOrNothing: true,
      }
      const { digest } = await remote.migrations.plan(asked)
      proxy.holdAfter((sent) => sent.includes('commit\0'))
      const running = remote.run({ ...asked, digest })

      await expect.poll(() => one('select max(seq)::int from strata.migration')).not.toEqual(before)
      const lost = proxy.connections.find((each) => each.sent().includes('commit\0'))
      proxy.recover()
      lost?.cut()

      expect(moved(await running)).toEqual(['complete', '1_a', '1_a'])
      await remote.remove()
      await proxy.close()
    })

    it('is refused with a file that has no transaction, by its name', async () => {
      await project.add('2_i', '-- transaction: off\ncreate index concurrently i on a (x)')

      const { refusals: reasons } = await project.migrations.plan({
        profileId: project.profileId,
        action: ALL,
        isAllOrNothing: true,
      })

      expect(reasons).toEqual([
        {
          path: 'all or nothing',
          message:
            '"2_i": 2_i.up.sql says "-- transaction: off", so the run cannot be all or nothing. Let each migration have its own transaction, or run this one by itself.',
        },
      ])
    })

    it('makes another plan than one transaction each', async () => {
      await project.add('2_b', 'select 1')
      const asked = { profileId: project.profileId, action: ALL }

      const [each, together] = [
        await project.migrations.plan(asked),
        await project.migrations.plan({ ...asked, isAllOrNothing: true }),
      ]

      await expect(project.run({ ...asked, isAllOrNothing: true, digest: each.digest })).rejects.toThrow()
      expect([each.isAllOrNothing, together.isAllOrNothing, each.digest === together.digest]).toEqual([
        false,
        true,
        false,
      ])
    })
  })

  describe('a plan', () => {
    it('is refused once a rollback file that it records was edited', async () => {
      const { digest } = await plan(ALL)
      await project.add('1_a', 'create table a (x int)', 'drop table if exists a')

      const running = project.run({ profileId: project.profileId, action: ALL, digest })

      await expect(running).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ path: 'digest' }] } })
    })

    it('is refused once the history changed so that a migration is late', async () => {
      const { digest } = await plan({ kind: 'apply up to', name: '1_a' })
      const other = await createProject(database)
      await other.add('2_b', 'select 1')
      await other.act(ALL)

      const running = project.run({
        profileId: project.profileId,
        action: { kind: 'apply up to', name: '1_a' },
        digest,
      })

      await expect(running).rejects.toMatchObject({ failure: { kind: 'refused', issues: [{ path: 'digest' }] } })
      await other.remove()
    })
  })
})
