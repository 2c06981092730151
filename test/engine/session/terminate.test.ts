import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { terminateSession } from '../../../electron/engine/session/terminate'
import { openTestSession, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

describe('ending a session', () => {
  const backends = async (pid: number) =>
    (await database.query('select pid from pg_stat_activity where pid = $1', [pid])).rows

  it('terminates its backend, and says that the transaction was rolled back', async () => {
    const session = await openTestSession(database)
    const other = await openTestSession(database)
    const run = startRun(session, 'select pg_sleep(600)', { commitMode: 'manual' })
    await run.channel.heard('statementStarted')

    await terminateSession(session, async () => other)
    await run.ended

    expect(session.lostBecause).toMatchObject({
      message: 'You ended this session.',
      advice: expect.stringContaining('has rolled back'),
    })
    expect(run.channel.events.at(-1)).toMatchObject({ outcome: 'lost' })
    await expect.poll(() => backends(session.facts.backendPid)).toEqual([])
    await other.end()
  })

  it('says so too where its last words come before the answer to who terminated it', async () => {
    const session = await openTestSession(database)
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const other = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    proxy.holdAnswers()

    await terminateSession(session, async () => other)

    expect(session.lostBecause).toMatchObject({ message: 'You ended this session.', code: '57P01' })
    await other.end()
    await proxy.close()
  })

  it('works where the server does not answer, and says that it is unknown what became of the transaction', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const target = { ...database.target, port: proxy.port }
    const session = await openTestSession(database, { target })
    const other = await openTestSession(database, { target })
    const run = startRun(session, 'select pg_sleep(600)')
    await run.channel.heard('statementStarted')
    proxy.holdAnswers()

    await terminateSession(session, async () => other)
    await run.ended

    expect(session.lostBecause).toMatchObject({
      message: 'You ended this session; the server did not confirm it.',
      advice: expect.stringContaining('is unknown'),
    })
    expect(run.channel.all('statementFailed')).toMatchObject([{ failure: { kind: 'unknown-outcome' } }])
    await other.end()
    await proxy.close()
  })
})
