import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Blocker } from '../../../contract/migration'
import { signalBackend } from '../../../electron/engine/session/signal-backend'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { createProject, type Project, type RunInProgress } from '../../support/migration-project'

const ALL = { kind: 'apply all' } as const

describe('a migration that waits for a lock', () => {
  let database: TestDatabase
  let project: Project
  const clients: pg.Client[] = []
  beforeEach(async () => {
    database = await createDatabase('app')
    project = await createProject(database)
    await database.query('create table a (); alter table a owner to app')
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
    await project.remove()
    await database.drop()
  })

  const signal = async (input: Parameters<typeof signalBackend>[1]) => {
    const session = await openTestSession(database)
    return signalBackend(session, input).finally(() => session.end())
  }
  const otherClient = async (applicationName = 'psql', as: 'app' | 'postgres' = 'app') => {
    const cluster = inject('cluster')
    const login = as === 'app' ? cluster.roles.app : cluster.superuser
    const client = new pg.Client({
      host: database.target.host,
      port: database.target.port,
      user: login.role,
      password: login.password,
      database: database.name,
      application_name: applicationName,
    })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }
  const pidOf = async (client: pg.Client) => Number((await client.query('select pg_backend_pid() as pid')).rows[0]?.pid)
  const blockersOf = async ({ channel }: RunInProgress, howMany = 1): Promise<Blocker[]> =>
    (await channel.heard('statementBlocked', (event) => event.by.length >= howMany)).by
  const waitsForLock = async (pid: number) => {
    for (;;) {
      const { rows } = await database.query('select 1 from pg_locks where pid = $1 and not granted', [pid])
      if (rows.length > 0) return
      await pause(10)
    }
  }

  it('names who blocks it within a second, with application, role, state and statement', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const reader = await otherClient('billing')
    await reader.query('begin; select * from a')
    const run = await project.start(ALL)
    await run.channel.heard('statementStarted')
    const startedAt = performance.now()

    const by = await blockersOf(run)

    const waitedMs = performance.now() - startedAt
    await reader.query('rollback')
    await run.ended
    expect(by).toMatchObject([
      {
        backendPid: await pidOf(reader),
        applicationName: 'billing',
        role: 'app',
        state: 'idle in transaction',
        query: 'begin; select * from a',
        waitsFor: [],
      },
    ])
    expect(waitedMs).toBeLessThan(1000)
  })

  it('names the whole chain, its root first', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const root = await otherClient('root')
    const middle = await otherClient('middle')
    await root.query('begin; lock table a in access share mode')
    const middlePid = await pidOf(middle)
    const waiting = middle.query('begin; lock table a in access exclusive mode; rollback')
    await waitsForLock(middlePid)
    const run = await project.start(ALL)

    const by = await blockersOf(run, 2)

    await root.query('rollback')
    await waiting
    expect((await run.ended).outcome).toBe('complete')
    const rootPid = await pidOf(root)
    expect(by.map(({ applicationName, waitsFor }) => [applicationName, waitsFor])).toEqual([
      ['root', []],
      ['middle', [rootPid]],
    ])
  })

  it('gives up after lock_timeout, names who held the lock, holds other readers up no longer, and succeeds once the reader has ended', async () => {
    await project.add('1_a', '-- lock-timeout: 1s\nalter table a add column x int')
    const holder = await otherClient('report')
    await holder.query('begin; select * from a')
    const reader = await otherClient('reader')
    const delays: number[] = []
    let isOver = false
    const run = await project.start(ALL)
    const reading = (async () => {
      while (!isOver) {
        const startedAt = performance.now()
        await reader.query('select * from a')
        delays.push(performance.now() - startedAt)
      }
    })()

    const { outcome, failure, events } = await run.ended
    isOver = true
    await reading

    expect([outcome, failure?.cause]).toMatchObject(['failed', { kind: 'postgres', code: '55P03' }])
    expect(failure?.left).toBe(
      `Nothing of this migration is left: its transaction was rolled back. It waited for report (pid ${await pidOf(holder)}, role app, idle in transaction).`,
    )
    expect(events.filter((event) => event.type === 'lockTimedOut')).toMatchObject([
      { name: '1_a', statement: 1, lockTimeout: '1s', attempt: 2, tries: 3 },
      { name: '1_a', statement: 1, lockTimeout: '1s', attempt: 3, tries: 3 },
    ])
    expect(Math.max(...delays)).toBeGreaterThan(500)
    expect(Math.max(...delays)).toBeLessThan(1500)
    await holder.query('rollback')
    expect((await project.act(ALL)).outcome).toBe('complete')
  })

  it('finishes once the session in its way is terminated', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const reader = await otherClient()
    await reader.query('begin; select * from a')
    const run = await project.start(ALL)
    const [blocker] = await blockersOf(run)
    if (blocker === undefined) throw new Error('nobody was named')

    const outcome = await signal({ ...identityOf(blocker), signal: 'terminate' })

    expect(outcome).toBe('sent')
    expect((await run.ended).outcome).toBe('complete')
  })

  it('finishes once the statement in its way is cancelled', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const reader = await otherClient()
    const reading = reader.query('select pg_sleep(60) from (select count(*) from a) as counted')
    const ended = reading.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
    const run = await project.start(ALL)
    const [blocker] = await blockersOf(run)
    if (blocker === undefined) throw new Error('nobody was named')

    const outcome = await signal({ ...identityOf(blocker), signal: 'cancel' })

    expect([outcome, await ended]).toEqual(['sent', '57014'])
    expect((await run.ended).outcome).toBe('complete')
  })

  it('sends no signal to another session of the same process id, nor to another statement', async () => {
    const idle = await otherClient()
    const { rows } = await idle.query(`select pid, (extract(epoch from backend_start) * 1000000)::bigint::text as start
      from pg_stat_activity where pid = pg_backend_pid()`)
    const { pid, start } = rows[0] as { pid: number; start: string }
    const at = { backendPid: pid, statementStart: '7' }

    const outcomes = [
      await signal({ ...at, backendStart: '7', signal: 'terminate' }),
      await signal({ ...at, backendStart: start, signal: 'cancel' }),
      await signal({ ...at, backendPid: 2_147_483_647, backendStart: start, signal: 'terminate' }),
    ]

    expect(outcomes).toEqual(['ended', 'moved on', 'ended'])
    expect(await pidOf(idle)).toBe(pid)
  })

  it('passes on why the server refuses to end a session of a superuser', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const reader = await otherClient('admin', 'postgres')
    await reader.query('begin; select * from a')
    const run = await project.start(ALL)
    const [blocker] = await blockersOf(run)
    if (blocker === undefined) throw new Error('nobody was named')

    const refused = signal({ ...identityOf(blocker), signal: 'terminate' })

    await expect(refused).rejects.toMatchObject({
      failure: { kind: 'postgres', code: '42501', message: 'permission denied to terminate process' },
    })
    await reader.query('rollback')
    await run.ended
  })

  it('names a prepared transaction, which has no session', async () => {
    await project.add('1_a', 'alter table a add column x int')
    const other = await otherClient()
    await other.query("begin; lock table a; prepare transaction 'left over'")
    const run = await project.start(ALL)

    const by = await blockersOf(run)

    await other.query("rollback prepared 'left over'")
    await run.ended
    expect(by).toMatchObject([{ backendPid: 0, applicationName: "prepared transaction 'left over'", role: 'app' }])
  })

  it('says how far the index build is, and for whom it waits', async () => {
    await project.add('1_a', '-- transaction: off\ncreate index concurrently a_x on b (x)')
    await database.query(
      'create table b (x int); alter table b owner to app; insert into b select generate_series(1, 1000)',
    )
    const writer = await otherClient('writer')
    await writer.query('begin; insert into b values (0)')
    const pid = await pidOf(writer)
    const run = await project.start(ALL)

    const progress = await run.channel.heard('indexProgressed', (event) => event.waitsForPid !== null)
    const by = await blockersOf(run)

    await writer.query('commit')
    expect((await run.ended).outcome).toBe('complete')
    expect(progress).toMatchObject({
      table: 'public.b',
      phase: 'waiting for writers before build',
      unit: 'lockers',
      done: 0,
      total: 1,
      waitsForPid: pid,
    })
    expect(by).toMatchObject([{ backendPid: pid, applicationName: 'writer' }])
  })
})

function identityOf({ backendPid, backendStart, statementStart }: Blocker) {
  return { backendPid, backendStart, statementStart }
}
