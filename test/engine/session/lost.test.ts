import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionFailure } from '../../../contract/failure'
import { FailureError } from '../../../electron/engine/failure-error'
import { RawQuery } from '../../../electron/engine/session/raw-query'
import type { Session } from '../../../electron/engine/session/session'
import { aTarget, openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { fatalError, startScriptedServer } from '../../support/scripted-server'

const ADVICE = 'The next run opens a new session. What was set in the old one is gone.'
const TERMINATED: ConnectionFailure = {
  kind: 'connection',
  reason: 'lost',
  message: 'terminating connection due to administrator command',
  advice: ADVICE,
  code: '57P01',
}

/** Every loss a session tells of. */
function lossesOf(session: Session): ConnectionFailure[] {
  const losses: ConnectionFailure[] = []
  session.onLost((failure) => losses.push(failure))
  return losses
}

async function failureOf(statement: Promise<unknown>) {
  const error = await statement.then(
    () => new Error('it was complete'),
    (reason: unknown) => reason,
  )
  if (error instanceof FailureError) return error.failure
  throw error
}

const runRaw = (session: Session, text: string) =>
  session.run(new RawQuery(text, [], { columnsArrived: () => {}, commandCompleted: () => {} }), text)

describe('a lost session', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query('create table counted (id int)')
    await database.query('grant all on counted to app')
  })
  afterAll(() => database.drop())

  const terminate = (session: Session) => database.query('select pg_terminate_backend($1)', [session.facts.backendPid])
  const untilActive = (session: Session) =>
    expect
      .poll(async () => {
        const sql = 'select state from pg_stat_activity where pid = $1'
        return (await database.query(sql, [session.facts.backendPid])).rows
      })
      .toEqual([{ state: 'active' }])

  it('fact 10: says so once when its idle backend is terminated, and the process lives', async () => {
    const session = await openTestSession(database)
    const losses = lossesOf(session)

    await terminate(session)

    await expect.poll(() => losses).toEqual([TERMINATED])
    expect(session.lostBecause).toEqual(TERMINATED)
    expect(await failureOf(session.query('select 1'))).toEqual(TERMINATED)
    expect(await failureOf(runRaw(session, 'select 1'))).toEqual(TERMINATED)
    await session.end()
    expect(losses.length).toBe(1)
  })

  it.each<[string, (session: Session, text: string) => Promise<unknown>]>([
    ['a question', (session, text) => session.query(text)],
    ['a statement', runRaw],
  ])("answers %s with the server's own words when it is terminated under it", async (_name, run) => {
    const session = await openTestSession(database)
    const losses = lossesOf(session)
    const running = failureOf(run(session, 'select pg_sleep(600)'))
    await untilActive(session)

    await terminate(session)

    expect(await running).toEqual(TERMINATED)
    await expect.poll(() => losses).toEqual([TERMINATED])
  })

  it('leaves nothing of an open transaction', async () => {
    const session = await openTestSession(database)
    await session.query('begin')
    await session.query('insert into counted values (1)')
    const losses = lossesOf(session)

    await terminate(session)

    await expect.poll(() => losses).toEqual([TERMINATED])
    expect((await database.query('select * from counted')).rows).toEqual([])
  })

  it.each<[string, (session: Session, text: string) => Promise<unknown>]>([
    ['a question', (session, text) => session.query(text)],
    ['a statement', runRaw],
  ])('fact 11: does not know how %s ended when the socket was cut under it', async (_name, run) => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const losses = lossesOf(session)
    const running = failureOf(run(session, 'select pg_sleep(0.2)'))
    await untilActive(session)

    proxy.connections[0]?.cut()

    expect(await running).toEqual({
      kind: 'unknown-outcome',
      statement: 'select pg_sleep(0.2)',
      message: expect.stringMatching(
        /127\.0\.0\.1:\d+.* It is unknown whether the statement took effect: check before running it again\.$/,
      ),
    })
    await expect.poll(() => losses.map((loss) => loss.reason)).toEqual(['lost'])
    await proxy.close()
  })

  it('fact 11: was right not to know: a COMMIT whose answer was cut off took effect', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    await session.query('begin')
    await session.query('insert into counted values (2), (pg_backend_pid())')
    proxy.holdAnswers()
    const committing = failureOf(session.query('commit'))
    await expect.poll(async () => (await database.query('select * from counted')).rowCount).toBe(2)

    proxy.connections[0]?.cut()

    expect(await committing).toMatchObject({ kind: 'unknown-outcome', statement: 'commit' })
    expect((await database.query('delete from counted')).rowCount).toBe(2)
    await proxy.close()
  })

  it('hands on a FATAL answer to a statement', async () => {
    const server = await startScriptedServer({
      onStatement: (socket) => socket.end(fatalError('57P02', 'the server crashed')),
    })
    const session = await openTestSession(database, { target: aTarget({ port: server.port }) })
    const losses = lossesOf(session)

    const failure = await failureOf(runRaw(session, 'select 1'))

    const expected = {
      kind: 'connection',
      reason: 'lost',
      message: 'the server crashed',
      code: '57P02',
      advice: ADVICE,
    }
    expect(failure).toEqual(expected)
    await expect.poll(() => losses).toEqual([expected])
    await server.close()
  })

  it('answers a statement that runs while the session is ended by us, and tells of no loss', async () => {
    const session = await openTestSession(database)
    const losses = lossesOf(session)
    const running = failureOf(runRaw(session, 'select pg_sleep(600)'))
    await untilActive(session)

    await session.end()

    expect(await running).toMatchObject({ kind: 'connection', reason: 'lost' })
    expect(await failureOf(runRaw(session, 'select 1'))).toMatchObject({ kind: 'connection', reason: 'lost' })
    expect(losses).toEqual([])
  })
})
