import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LostTransaction, SessionLoss } from '../../../contract/session'
import { noteBeforeCommit } from '../../../electron/engine/query/commit-witness'
import { LostSessions } from '../../../electron/engine/session/lost-sessions'
import { RawQuery } from '../../../electron/engine/session/raw-query'
import type { Session } from '../../../electron/engine/session/session'
import { SessionRegistry } from '../../../electron/engine/session/session-registry'
import { openTestSession, runScript } from '../../support/builders'
import { type Cluster, startCluster } from '../../support/cluster'
import { createDatabase } from '../../support/database'
import { createDatabaseOn, type TestDatabase } from '../../support/database-on'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy'

const untilLost = (losses: readonly SessionLoss[]) => expect.poll(() => losses.length, { timeout: 10_000 }).toBe(1)

describe('what became of a transaction', () => {
  let database: TestDatabase
  let proxy: FaultProxy
  let losses: SessionLoss[]
  let lost: LostSessions
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query('create table kept (id int); grant all on kept to app')
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    const { host, port } = database.target
    proxy = await startFaultProxy({ host, port })
    losses = []
    lost = new LostSessions()
    return () => proxy.close()
  })

  const openTab = async (): Promise<Session> => {
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    await session.learnServer()
    const registry = new SessionRegistry((loss, from) => {
      lost.note(from)
      losses.push(loss)
    })
    registry.add(session)
    return session
  }
  const check = async () => {
    const [loss] = losses
    if (loss === undefined) throw new Error('nothing was lost')
    const witness = await openTestSession(database)
    const finding = await lost.check(loss, witness)
    await witness.end()
    return finding
  }
  const gone = (pid: number) =>
    expect
      .poll(async () => (await database.query('select 1 from pg_stat_activity where pid = $1', [pid])).rowCount)
      .toBe(0)

  it.each<[string, string | null, LostTransaction]>([
    ['at rest', null, 'none'],
    ['in a transaction', 'begin', 'held'],
    ['in an aborted transaction', 'begin; select 1/0', 'held'],
  ])('whose connection was cut %s is named', async (_name, script, transaction) => {
    const session = await openTab()
    if (script !== null) await runScript(session, script)

    proxy.resetAll()

    await untilLost(losses)
    expect(losses).toMatchObject([{ transaction, backendPid: session.facts.backendPid }])
  })

  it.each<[string, string, LostTransaction]>([
    ['a statement by itself', 'select pg_sleep(600)', 'unknown'],
    ['a statement of a transaction', 'begin; select pg_sleep(600)', 'held'],
  ])('whose connection was cut under %s is named', async (_name, script, transaction) => {
    const session = await openTab()
    const running = runScript(session, script)
    await expect
      .poll(async () => {
        const sql = `select 1 from pg_stat_activity where pid = $1 and query = 'select pg_sleep(600)' and state = 'active'`
        return (await database.query(sql, [session.facts.backendPid])).rowCount
      })
      .toBe(1)

    proxy.resetAll()

    await untilLost(losses)
    await running
    expect(losses).toMatchObject([{ transaction }])
    await database.query('select pg_terminate_backend($1)', [session.facts.backendPid])
  })

  it('is committed, says the server, when only the answer to COMMIT was lost', async () => {
    const session = await openTab()
    await runScript(session, 'begin; insert into kept values (1)')
    await noteBeforeCommit(session, { from: 0, to: 6, kind: 'sql', words: ['commit'] })
    proxy.holdAnswers()
    const committing = session
      .run(new RawQuery('commit', [], { columnsArrived: () => {}, commandCompleted: () => {} }), 'commit')
      .catch(() => null)
    await expect.poll(async () => (await database.query('select * from kept')).rowCount).toBe(1)

    proxy.resetAll()
    await committing
    await untilLost(losses)

    expect(losses).toMatchObject([{ transaction: 'unknown' }])
    expect(await check()).toEqual({
      transaction: 'committed',
      message: expect.stringMatching(/^Transaction \d+ was committed: its changes are in the database\.$/),
    })
    await database.query('delete from kept')
  })

  it('is rolled back, says the server, when COMMIT never reached it', async () => {
    const session = await openTab()
    await runScript(session, 'begin; insert into kept values (2)')
    await noteBeforeCommit(session, { from: 0, to: 6, kind: 'sql', words: ['commit'] })
    proxy.goSilent()
    const committing = session
      .run(new RawQuery('commit', [], { columnsArrived: () => {}, commandCompleted: () => {} }), 'commit')
      .catch(() => null)
    await database.query('select pg_terminate_backend($1)', [session.facts.backendPid])
    await gone(session.facts.backendPid)

    proxy.resetAll()
    await committing
    await untilLost(losses)

    expect(losses).toMatchObject([{ transaction: 'unknown' }])
    expect(await check()).toEqual({
      transaction: 'rolled back',
      message: expect.stringMatching(/^Transaction \d+ was rolled back: nothing of it is in the database\.$/),
    })
  })

  it('is in progress as long as the server has not noticed, and rolled back when it has', async () => {
    const session = await openTab()
    await runScript(session, 'begin; insert into kept values (3)')
    const { backendPid } = session.facts
    // The proxy's far side stays: the server sees nothing.
    proxy.connections[0]?.mute()
    session.breakOff(new Error('given up'))
    await untilLost(losses)

    const before = await check()
    await database.query('select pg_terminate_backend($1)', [backendPid])
    await gone(backendPid)
    const after = await check()

    expect([before, after]).toMatchObject([
      { transaction: expect.stringMatching(/in progress|rolled back/) },
      {
        transaction: 'rolled back',
        message: `Server process ${backendPid} is gone, and its open transaction with it.`,
      },
    ])
  })

  it('cannot be known of a statement that was by itself', async () => {
    const session = await openTab()
    const { backendPid } = session.facts
    proxy.holdAnswers()
    const running = runScript(session, 'insert into kept values (4)')
    await expect.poll(async () => (await database.query('select * from kept')).rowCount).toBe(1)
    proxy.resetAll()
    await running
    await untilLost(losses)
    await gone(backendPid)

    expect(await check()).toEqual({
      transaction: 'unknown',
      message: `Server process ${backendPid} is gone. The statement took effect whole or not at all: look at its data before running it again.`,
    })
    await database.query('delete from kept')
  })
})

describe('a server that is restarted', () => {
  let cluster: Cluster
  beforeEach(async () => {
    cluster = await startCluster()
    return () => cluster.stop()
  })

  it.each<['fast' | 'immediate', NodeJS.Signals, string, LostTransaction]>([
    ['fast', 'SIGINT', '57P01', 'rolled back'],
    ['immediate', 'SIGQUIT', '57P01', 'rolled back'],
  ])('(%s) ends its sessions in its own words, and their transactions', async (_mode, signal, code, transaction) => {
    const database = await createDatabaseOn(cluster.facts, 'app')
    const session = await openTestSession(database)
    await session.query('begin')
    const losses: SessionLoss[] = []
    new SessionRegistry((loss) => losses.push(loss)).add(session)
    // A backend that is still at its last answer cannot say a word: the server drops it.
    const waits = `select wait_event from pg_stat_activity where pid = ${session.facts.backendPid}`
    await expect.poll(async () => (await database.query(waits)).rows[0]?.wait_event).toBe('ClientRead')
    const data = join(dirname(cluster.facts.logFile), 'data')
    const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')

    process.kill(Number(pid), signal)

    await untilLost(losses)
    const message = expect.stringMatching(/^terminating connection due to /)
    expect(losses).toMatchObject([{ transaction, failure: { reason: 'lost', code, message } }])
  })
})
