import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

let database: TestDatabase
let session: Session
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openTestSession(database)
})
afterEach(() => session.end())

describe('manual commit', () => {
  const manual = { commitMode: 'manual' } as const

  it('opens a transaction before the first statement, and only once', async () => {
    const { channel } = await runScript(session, 'select 1; select 2', manual)

    expect(channel.all('transactionReported').map(({ status }) => status)).toEqual(['open'])
    expect(session.transactionStatus).toBe('open')
  })

  it('opens the next one after a COMMIT in the script', async () => {
    const { channel } = await runScript(session, 'select 1; commit; select 2', manual)

    expect(channel.all('transactionReported').map(({ status }) => status)).toEqual(['open', 'none', 'open'])
  })

  it.each(['begin', 'start transaction', 'commit', 'rollback', 'end', 'abort'])('leaves %s to itself', async (text) => {
    const { channel } = await runScript(session, text, manual)

    const opens = text === 'begin' || text === 'start transaction'
    expect(channel.all('noticesArrived').flatMap(({ notices }) => notices.map((each) => each.message))).toEqual(
      opens ? [] : ['there is no transaction in progress'],
    )
    expect(session.transactionStatus).toBe(opens ? 'open' : 'none')
  })

  it('keeps what was done until it is committed', async () => {
    await runScript(session, 'create table drafts (id int); insert into drafts values (1)', manual)
    const other = await openTestSession(database)
    const before = await other.query(`select to_regclass('drafts') is null`)

    await runScript(session, 'commit', manual)

    const after = await other.query('select * from drafts')
    expect([before.rows, after.rows]).toEqual([[['t']], [['1']]])
    await other.end()
  })
})
