import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionLoss } from '../../../contract/session'
import { LostSessions } from '../../../electron/engine/session/lost-sessions'
import { SessionRegistry } from '../../../electron/engine/session/session-registry'
import { openTestSession, seededRandom, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { rounds } from '../../support/rounds'

const SCRIPTS = [
  (round: number) => `insert into kept values (${round})`,
  (round: number) => `insert into kept select ${round} from pg_sleep(0.01)`,
  (round: number) => `begin; insert into kept values (${round})`,
  (round: number) => `begin; insert into kept values (${round}); select pg_sleep(0.01)`,
  (round: number) => `begin; insert into kept values (${round}); commit`,
  (round: number) => `begin; insert into kept values (${round}); select pg_sleep(0.005); commit; select pg_sleep(0.01)`,
  (round: number) =>
    `begin; insert into kept values (${round}); select repeat('x', 1000) from generate_series(1, 20000)`,
]

describe('sessions that are lost at random moments', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query('create table kept (id int); grant all on kept to app')
  })
  afterAll(() => database.drop())

  it.each(rounds(25))('tell the truth about their transaction (round %i)', async (round) => {
    const random = seededRandom(round)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const session = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    await session.learnServer()
    const { backendPid } = session.facts
    const losses: SessionLoss[] = []
    const lost = new LostSessions()
    new SessionRegistry((loss, from) => {
      lost.note(from)
      losses.push(loss)
    }).add(session)
    const faults: (() => unknown)[] = [
      () => proxy.resetAll(),
      () => proxy.connections[0]?.cut(),
      () => database.query('select pg_terminate_backend($1)', [backendPid]),
      async () => {
        proxy.holdAnswers()
        await wait(random() * 10)
        proxy.resetAll()
      },
    ]
    const script = pick(SCRIPTS)(round)

    const run = startRun(session, script)
    await wait(random() * 25)
    await pick(faults)()
    await run.ended
    await expect.poll(() => losses.length, { timeout: 10_000 }).toBe(1)
    await expect
      .poll(
        async () => (await database.query('select 1 from pg_stat_activity where pid = $1', [backendPid])).rowCount,
        { timeout: 10_000 },
      )
      .toBe(0)
    const [loss] = losses
    if (loss === undefined) throw new Error('nothing was lost')
    const witness = await openTestSession(database)
    const finding = await lost.check(loss, witness)
    await witness.end()
    const isThere = (await database.query('select 1 from kept where id = $1', [round])).rowCount === 1
    const tags = run.channel.all('statementCompleted').map(({ commandTag }) => commandTag)
    const isCommitted = script.startsWith('begin')
      ? tags.includes('COMMIT')
      : tags.some((tag) => tag.startsWith('INSERT'))
    await proxy.close()

    const claim = { script, transaction: loss.transaction, finding: finding.transaction }
    if (isCommitted) expect({ ...claim, isThere }).toEqual({ ...claim, isThere: true })
    else if (loss.transaction !== 'unknown') expect({ ...claim, isThere }).toEqual({ ...claim, isThere: false })
    else if (finding.transaction !== 'unknown') {
      expect({ ...claim, isThere }).toEqual({ ...claim, isThere: finding.transaction === 'committed' })
    } else expect(script).not.toMatch(/^begin/)
  })
})
