import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionFailure } from '../../../contract/failure'
import { PULSE_LIMITS, Pulse } from '../../../electron/engine/session/pulse'
import { RawQuery } from '../../../electron/engine/session/raw-query'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy'

/** A tenth of the real limits, which are what a person waits. */
const LIMITS = {
  lookEveryMs: 50,
  askAfterMs: 400,
  suspectAfterMs: 200,
  loseAfterMs: 800,
  witnessAfterMs: 1_200,
  witnessLimitMs: 800,
}

describe('the pulse', () => {
  let database: TestDatabase
  let proxy: FaultProxy
  let pulse: Pulse
  let own: Session | null
  let tabs: Session[]
  beforeEach(async () => {
    database = await createDatabase('app')
    const { host, port } = database.target
    proxy = await startFaultProxy({ host, port })
    own = await throughProxy()
    tabs = []
    pulse = new Pulse({
      tabSessions: () => tabs.filter((one) => one.lostBecause === null),
      catalogSessionOf: () => (own?.lostBecause === null ? own : null),
      openCatalogSession: async () => {
        if (own === null || own.lostBecause !== null) own = await throughProxy()
        return own
      },
      limits: LIMITS,
    })
  })
  afterEach(async () => {
    pulse.stop()
    await proxy.close()
    await database.drop()
  })

  const throughProxy = () => openTestSession(database, { target: { ...database.target, port: proxy.port } })
  const openTab = async (): Promise<{ session: Session; losses: ConnectionFailure[] }> => {
    const session = await throughProxy()
    await session.learnServer()
    const losses: ConnectionFailure[] = []
    session.onLost((failure) => losses.push(failure))
    tabs.push(session)
    return { session, losses }
  }
  const runRaw = (session: Session, text: string) =>
    session.run(new RawQuery(text, [], { columnsArrived: () => {}, commandCompleted: () => {} }), text)
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: { failure: unknown }) => error.failure,
    )

  it('adds up to 15 s for an idle session and 30 s under a statement', () => {
    const { lookEveryMs, askAfterMs, suspectAfterMs, loseAfterMs, witnessAfterMs, witnessLimitMs } = PULSE_LIMITS

    expect(askAfterMs + suspectAfterMs + loseAfterMs + 2 * lookEveryMs).toBeLessThanOrEqual(15_000)
    expect(witnessAfterMs + witnessLimitMs + 2 * lookEveryMs).toBeLessThanOrEqual(30_000)
  })

  it('notices a network that swallows everything under an idle session', async () => {
    const { losses } = await openTab()

    proxy.goSilent()

    await expect
      .poll(() => losses, { timeout: 10_000 })
      .toEqual([
        {
          kind: 'connection',
          reason: 'lost',
          message: expect.stringMatching(
            /^The connection to 127\.0\.0\.1:\d+ was lost: it did not answer for \d+ s\.$/,
          ),
          advice: expect.any(String),
        },
      ])
  })

  it('notices it under an open transaction', async () => {
    const { session, losses } = await openTab()
    await session.query('begin')

    proxy.goSilent()

    await expect.poll(() => losses.length, { timeout: 10_000 }).toBe(1)
  })

  it('notices it under a running statement, whose outcome is then unknown', async () => {
    const { session } = await openTab()
    const running = failureOf(runRaw(session, 'select pg_sleep(600)'))

    proxy.goSilent()

    expect(await running).toMatchObject({
      kind: 'unknown-outcome',
      message: expect.stringMatching(/nothing answers there any more for \d+ s/),
    })
  })

  it('notices a statement that ended without its answer', async () => {
    const { session } = await openTab()
    const running = failureOf(runRaw(session, 'select pg_sleep(0.3)'))
    const [first] = [proxy.connections[1]]
    first?.mute()

    expect(await running).toMatchObject({
      kind: 'unknown-outcome',
      message: expect.stringMatching(/the server ended the statement, but its answer never came/),
    })
  })

  it('leaves a slow statement alone as long as the server knows of it', async () => {
    const { session, losses } = await openTab()
    const running = runRaw(session, 'select pg_sleep(4)')

    const status = await running

    expect([status, losses]).toEqual(['none', []])
  })

  it('never disturbs a transaction that is idle while the server answers', async () => {
    const { session, losses } = await openTab()
    await session.query(`set idle_in_transaction_session_timeout = '1500ms'`)
    await session.query('begin')

    await expect.poll(() => losses.map(({ code }) => code), { timeout: 10_000 }).toEqual(['25P03'])
  })

  it('asks an idle session without the driver or the next statement noticing', async () => {
    const { session } = await openTab()
    const signs = await Promise.all([session.askForSign(), session.askForSign()])

    const rows = await Promise.all([session.query('select 1'), session.askForSign(), session.query('select 2')])

    expect([signs, rows[0].rows, rows[2].rows]).toEqual([[undefined, undefined], [['1']], [['2']]])
    expect((await session.query('select 3')).rows).toEqual([['3']])
  })

  it('opens the own session again and goes on when only that was ended', async () => {
    const { session, losses } = await openTab()
    await database.query('select pg_terminate_backend($1)', [own?.facts.backendPid])

    await expect.poll(() => own?.lostBecause, { timeout: 10_000 }).toBeNull()

    expect(losses).toEqual([])
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })
})
