import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { Notice } from '../../../contract/query'
import type { SessionLoss } from '../../../contract/session'
import { FailureError } from '../../../electron/engine/failure-error'
import type { Session } from '../../../electron/engine/session/session'
import { SessionRegistry } from '../../../electron/engine/session/session-registry'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

describe('session', () => {
  let session: Session
  beforeEach(async () => {
    session = await openTestSession(database)
  })
  afterEach(() => session.end())

  const failureOf = async (text: string, values?: readonly (string | null)[]) => {
    const error = await session.query(text, values).catch((reason: unknown) => reason)
    return error instanceof FailureError ? error.failure : error
  }

  it("answers with the server's own text, NULL apart from the empty string", async () => {
    const { rows } = await session.query(`select 9223372036854775807, 1.10, null, '', '{"a":1,"a":1.0}'::json, false`)

    expect(rows).toEqual([['9223372036854775807', '1.10', null, '', '{"a":1,"a":1.0}', 'f']])
  })

  it('takes values as text', async () => {
    const { rows } = await session.query('select $1::int + 1, $2::text', ['41', null])

    expect(rows).toEqual([['42', null]])
  })

  it('counts what a command touched', async () => {
    const { affected, command } = await session.query('create temp table t as select generate_series(1, 3)')

    expect([affected, command]).toEqual([3, 'SELECT'])
  })

  it('fact 2: refuses two commands in one text', async () => {
    const failure = await failureOf('select 1; select 2')

    expect(failure).toMatchObject({
      kind: 'postgres',
      code: '42601',
      message: 'cannot insert multiple commands into a prepared statement',
    })
  })

  it('runs statements of ours together, each with its own answer', async () => {
    const answers = await session.queryTogether(['begin', "select 1, ';'", 'select 2 where false', 'rollback'])

    expect(answers).toEqual([
      { rows: [], affected: null, command: 'BEGIN' },
      { rows: [['1', ';']], affected: 1, command: 'SELECT' },
      { rows: [], affected: 0, command: 'SELECT' },
      { rows: [], affected: null, command: 'ROLLBACK' },
    ])
  })

  it('ends statements of ours at the first that fails', async () => {
    const failed = await session.queryTogether(['begin', 'select 1/0', 'commit']).catch((error: unknown) => error)

    expect([failed, session.transactionStatus]).toEqual([
      expect.objectContaining({ failure: expect.objectContaining({ code: '22012' }) }),
      'aborted',
    ])
  })

  it('reports the transaction state of the server', async () => {
    const states = [session.transactionStatus]
    for (const text of ['begin', 'select 1/0', 'rollback', 'begin', 'commit']) {
      await session.query(text).catch(() => {})
      states.push(session.transactionStatus)
    }

    expect(states).toEqual(['none', 'open', 'aborted', 'none', 'open', 'none'])
  })

  it('hands on every field of an error', async () => {
    await session.query('create temp table staff (id int constraint staff_key primary key, age int check (age > 0))')
    await session.query('insert into staff values (1, 1)')

    const failures = [
      await failureOf('insert into staff values (1, 1)'),
      await failureOf('insert into staff values (null, 1)'),
      await failureOf('select nothing'),
      await failureOf('select lenght($1)', ['a']),
      await failureOf(`do $$ begin execute 'selec 1'; end $$`),
    ]

    expect(failures).toMatchObject([
      {
        severity: 'ERROR',
        code: '23505',
        detail: 'Key (id)=(1) already exists.',
        table: 'staff',
        constraint: 'staff_key',
        schema: expect.stringMatching(/^pg_temp/),
      },
      { code: '23502', column: 'id', table: 'staff', detail: 'Failing row contains (null, 1).' },
      { code: '42703', position: 8 },
      { code: '42883', position: 8, hint: expect.any(String) },
      { code: '42601', internalQuery: 'selec 1', where: expect.stringContaining('PL/pgSQL') },
    ])
  })

  it('sends notices to the latest listener', async () => {
    const notices: Notice[] = []
    session.hearNotices(() => {})
    session.hearNotices((notice) => notices.push(notice))

    await session.query(`do $$ begin raise warning 'look' using hint = 'there', detail = 'closely'; end $$`)

    expect(notices).toEqual([
      {
        severity: 'WARNING',
        code: '01000',
        message: 'look',
        detail: 'closely',
        hint: 'there',
        where: 'PL/pgSQL function inline_code_block line 1 at RAISE',
      },
    ])
  })

  it('follows the settings that the server reports', async () => {
    const before = [session.facts.timeZone, session.hasStandardStrings]

    await session.query(`set time zone 'Asia/Kathmandu'`)
    await session.query('set standard_conforming_strings = off')

    expect([before[1], session.facts.timeZone, session.hasStandardStrings]).toEqual([true, 'Asia/Kathmandu', false])
  })

  it('is named in pg_stat_activity', async () => {
    const sql = 'select application_name, client_port is not null as has_port from pg_stat_activity where pid = $1'

    const { rows } = await database.query(sql, [session.facts.backendPid])

    expect(rows).toEqual([{ application_name: 'Strata test', has_port: true }])
  })

  it('leaves no backend behind when it is ended', async () => {
    const { backendPid } = session.facts

    await session.end()

    const sql = 'select pid from pg_stat_activity where pid = $1'
    await expect.poll(async () => (await database.query(sql, [backendPid])).rows).toEqual([])
  })
})

describe('session registry', () => {
  const open = (profileId: string) => openTestSession(database, { profileId: profileId as ProfileId })

  it('finds sessions until they are closed', async () => {
    const registry = new SessionRegistry(() => {})
    const session = await open('one')
    registry.add(session)
    const found = registry.get(session.id)

    await registry.close(session.id)

    expect(found).toBe(session)
    expect(() => registry.get(session.id)).toThrow('The session has ended.')
    await registry.close(session.id)
  })

  it('announces a session that was lost, and forgets it', async () => {
    const losses: SessionLoss[] = []
    const registry = new SessionRegistry((loss) => losses.push(loss))
    const session = await open('one')
    registry.add(session)

    await database.query('select pg_terminate_backend($1)', [session.facts.backendPid])

    await expect
      .poll(() => losses)
      .toMatchObject([{ sessionId: session.id, profileId: 'one', failure: { reason: 'lost', code: '57P01' } }])
    expect(() => registry.get(session.id)).toThrow(FailureError)
  })

  it('ends the sessions of one profile only, and tells of no loss', async () => {
    const losses: SessionLoss[] = []
    const registry = new SessionRegistry((loss) => losses.push(loss))
    const [first, second, other] = [await open('one'), await open('one'), await open('two')]
    for (const session of [first, second, other]) registry.add(session)

    await registry.closeProfile('one' as ProfileId)

    expect(() => registry.get(first.id)).toThrow(FailureError)
    expect(() => registry.get(second.id)).toThrow(FailureError)
    expect((await registry.get(other.id).query('select 1')).rows).toEqual([['1']])
    await registry.closeAll()
    expect(losses).toEqual([])
  })
})
