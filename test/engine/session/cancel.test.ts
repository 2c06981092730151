import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { FailureError } from '../../../electron/engine/failure-error'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, seededRandom } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { startHastyProxy } from '../../support/hasty-proxy'

/** How a statement ended, in one word. */
function outcomeOf(statement: Promise<unknown>): Promise<string> {
  return statement.then(
    () => 'complete',
    (error: unknown) => (error instanceof FailureError ? error.failure.kind : String(error)),
  )
}

const CANCELLED = { kind: 'cancelled', message: 'Cancelled: the server stopped the statement.' }

describe('cancel', () => {
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query('create table locked (id int)')
    await database.query('grant all on locked to app')
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    session = await openTestSession(database)
  })
  afterEach(() => session.end())

  const untilServerRuns = async (text: string, state = 'active') => {
    const sql = 'select state, query from pg_stat_activity where pid = $1'
    await expect
      .poll(async () => (await database.query(sql, [session.facts.backendPid])).rows)
      .toEqual([{ state, query: text }])
  }
  const selectOne = async () => (await session.query('select 1')).rows

  it('fact 9: stops a statement that sleeps over a connection of its own, and the session goes on', async () => {
    const text = 'select pg_sleep(600)'
    const sleeping = session.query(text).catch((error: unknown) => error)
    await untilServerRuns(text)

    await session.cancel()

    expect(await sleeping).toMatchObject({ failure: CANCELLED })
    expect(await selectOne()).toEqual([['1']])
  })

  it('stops a statement that waits for a lock', async () => {
    const holder = await openTestSession(database)
    await holder.query('begin')
    await holder.query('lock table locked')
    const text = 'lock table locked in share mode'
    await session.query('begin')
    const waiting = session.query(text).catch((error: unknown) => error)
    await untilServerRuns(text)

    await session.cancel()

    expect(await waiting).toMatchObject({ failure: CANCELLED })
    expect(session.transactionStatus).toBe('aborted')
    await session.query('rollback')
    expect(await selectOne()).toEqual([['1']])
    await holder.end()
  })

  it('stops a statement that streams rows', async () => {
    let bytes = 0
    session.tap.sink = {
      takeRows: (_bytes, start, end) => {
        bytes += end - start
      },
    }
    const text = `select generate_series(1, 2000000000), repeat('x', 100)`
    const streaming = outcomeOf(session.query(text))
    await expect.poll(() => bytes).toBeGreaterThan(1_000_000)

    await session.cancel()

    expect(await streaming).toBe('cancelled')
    session.tap.sink = null
    expect(await selectOne()).toEqual([['1']])
  })

  it('stops a statement whose socket is paused', async () => {
    let bytes = 0
    session.tap.sink = {
      takeRows: (_bytes, start, end) => {
        bytes += end - start
        session.pause()
      },
    }
    const text = `select generate_series(1, 2000000000), repeat('x', 100)`
    const streaming = outcomeOf(session.query(text))
    await expect.poll(() => bytes).toBeGreaterThan(0)
    // The server fills every buffer on the way and then waits for the client to read.
    await expect
      .poll(async () => {
        const sql = 'select wait_event from pg_stat_activity where pid = $1'
        return (await database.query(sql, [session.facts.backendPid])).rows
      })
      .toEqual([{ wait_event: 'ClientWrite' }])
    session.tap.sink = { takeRows: () => {} }

    await session.cancel()

    expect(await streaming).toBe('cancelled')
    session.tap.sink = null
    expect(await selectOne()).toEqual([['1']])
  })

  it('stops a statement that has not been sent yet', async () => {
    const sleeping = outcomeOf(session.query('select pg_sleep(600)'))

    await session.cancel()

    expect(await sleeping).toBe('cancelled')
    expect(await selectOne()).toEqual([['1']])
  })

  it('does nothing in a session that is at rest', async () => {
    await session.cancel()

    expect(await selectOne()).toEqual([['1']])
  })

  it('leaves a statement timeout a failure of the server', async () => {
    await session.query(`set statement_timeout = '50ms'`)

    const error = await session.query('select pg_sleep(600)').catch((reason: unknown) => reason)

    expect(error).toMatchObject({
      failure: { kind: 'postgres', code: '57014', message: 'canceling statement due to statement timeout' },
    })
  })

  it('leaves a cancel by an administrator a failure of the server', async () => {
    const text = 'select pg_sleep(600)'
    const sleeping = session.query(text).catch((error: unknown) => error)
    await untilServerRuns(text)

    await database.query('select pg_cancel_backend($1)', [session.facts.backendPid])

    expect(await sleeping).toMatchObject({
      failure: { kind: 'postgres', code: '57014', message: 'canceling statement due to user request' },
    })
  })

  it('leaves a timeout a failure of the server in a session that was cancelled before', async () => {
    const sleeping = outcomeOf(session.query('select pg_sleep(600)'))
    await session.cancel()
    await sleeping
    await session.query(`set statement_timeout = '50ms'`)

    const outcome = await outcomeOf(session.query('select pg_sleep(600)'))

    expect(outcome).toBe('postgres')
  })

  it('never hits the statement after the one it was meant for, at two hundred moments', async () => {
    const random = seededRandom(20)
    const next: unknown[] = []
    const outcomes = new Set<string>()

    for (let round = 0; round < 200; round += 1) {
      const running = outcomeOf(session.query(`select pg_sleep(${random() * 0.02})`))
      await pause(random() * 20)
      // Two at once: the button and the closed tab.
      const cancels = [session.cancel(), session.cancel()]
      outcomes.add(await running)
      next.push((await session.query('select pg_sleep(0.002), 1')).rows[0]?.[1])
      await Promise.all(cancels)
    }

    expect(next).toEqual(Array(200).fill('1'))
    expect([...outcomes].sort()).toEqual(['cancelled', 'complete'])
  })

  it('lets no statement start while one of several requests is under way', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const own = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const sleeping = outcomeOf(own.query('select pg_sleep(600)'))

    const isOver = [false, false]
    const cancels = [0, 1].map(async (which) => {
      await own.cancel()
      isOver[which] = true
    })
    await sleeping
    await own.query('select 1')

    expect(isOver).toEqual([true, true])
    await Promise.all(cancels)
    await own.end()
    await proxy.close()
  })

  it('fact 9: travels with the same TLS as its session', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const { rootCertificate } = inject('cluster').tls
    const own = await openTestSession(database, {
      target: { ...database.target, host: 'localhost', port: proxy.port, tlsMode: 'verify-full', rootCertificate },
    })
    const sleeping = outcomeOf(own.query('select pg_sleep(600)'))

    await own.cancel()

    const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
    const cancelRequest = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46])
    expect(await sleeping).toBe('cancelled')
    expect(proxy.connections.length).toBeGreaterThanOrEqual(2)
    expect(proxy.connections.map((each) => each.sent().subarray(0, 8))).toEqual(proxy.connections.map(() => sslRequest))
    expect(proxy.connections.some((each) => each.sent().includes(cancelRequest))).toBe(false)
    await own.end()
    await proxy.close()
  })

  it('goes over the Unix socket of its session', async () => {
    const own = await openTestSession(database, { target: database.socketTarget })
    const sleeping = outcomeOf(own.query('select pg_sleep(600)'))

    await own.cancel()

    expect(await sleeping).toBe('cancelled')
    await own.end()
  })

  it('reaches the server through a proxy that ends a connection as soon as one half of it is closed', async () => {
    const { host, port } = database.target
    const proxy = await startHastyProxy({ host, port })
    const own = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const sleeping = outcomeOf(own.query('select pg_sleep(600)'))

    await own.cancel()

    expect([await sleeping, proxy.halfClosed()]).toEqual(['cancelled', 0])
    await own.end()
    await proxy.close()
  })

  it('says so when the server cannot be reached, and the statement goes on', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const own = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const running = outcomeOf(own.query('select pg_sleep(0.5)'))
    proxy.stopListening()

    const error = await own.cancel().catch((reason: unknown) => reason)

    expect(error).toMatchObject({ failure: { kind: 'connection', reason: 'refused' } })
    expect(await running).toBe('complete')
    await own.end()
    await proxy.close()
  })
})
