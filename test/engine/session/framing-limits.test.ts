import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FramingGuard } from '../../../electron/engine/session/framing-guard'
import { RawQuery } from '../../../electron/engine/session/raw-query'
import type { Session } from '../../../electron/engine/session/session'
import { aTarget, openTestSession, runScript } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import {
  authenticationRequest,
  boundAnswer,
  dataRow,
  readyForQuery,
  rowDescription,
  serverMessage,
  startScriptedServer,
} from '../../support/scripted-server'

const MEGABYTE = 1024 * 1024

describe('what a session takes in', () => {
  let database: TestDatabase
  let session: Session
  beforeAll(async () => {
    database = await createDatabase('app')
    session = await openTestSession(database)
  })
  afterAll(async () => {
    await session.end()
    await database.drop()
  })

  it('is a cell of 100 MB, whole', async () => {
    const { channel, results } = await runScript(session, `select 1, repeat('0123456789', 10 * 1024 * 1024) as payload`)

    const [columns] = channel.all('columnsArrived')
    const store = columns === undefined ? null : results.get(columns.resultId).store
    // Behind the count of columns, the first cell and the length of the second.
    const part = store?.part(0, 11 + 99 * MEGABYTE, 10)
    expect(store?.byteCount).toBeGreaterThan(100 * MEGABYTE)
    expect(part?.bytes.toString('latin1', part.offset, part.end)).toBe('4567890123')
  })

  it('is no cell of 300 MB: its session ends and names column and size, and others go on', async () => {
    const own = await openTestSession(database)

    const { channel } = await runScript(
      own,
      `select 1 as id, repeat('0123456789', 30 * 1024 * 1024) as payload, 2 as more`,
    )

    const { host, port } = database.target
    expect(own.lostBecause).toEqual({
      kind: 'connection',
      reason: 'too large',
      message: `The server at ${host}:${port} sent a row whose column "payload" holds 300 MB; Strata takes a row of at most 256 MB, and the session was closed.`,
      advice:
        'Read a part of it, such as substr("payload", 1, 1000000), or only its size with octet_length("payload"). The next run opens a new session.',
    })
    expect(channel.all('statementFailed').map(({ failure }) => failure)).toMatchObject([
      { kind: 'unknown-outcome', message: expect.stringContaining('substr("payload", 1, 1000000)') },
    ])
    expect(channel.all('runEnded')).toMatchObject([{ outcome: 'lost' }])
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  it('is no row that nobody looks at: the driver makes no texts of it', async () => {
    const found: boolean[] = []
    const look = () => found.push(session.tap.sink !== null)

    await session.run(new RawQuery('select 1', [], { columnsArrived: look, commandCompleted: look }), 'select 1')

    expect([found, session.tap.sink]).toEqual([[true, true], null])
  })

  it('is an error of 3 MB, cut and with how much is left out', async () => {
    const { channel } = await runScript(
      session,
      `do $$ begin raise exception '%', repeat('é', 1500000) using hint = 'short'; end $$`,
    )

    const [failed] = channel.all('statementFailed')
    expect(failed?.failure).toMatchObject({
      kind: 'postgres',
      code: 'P0001',
      message: expect.stringMatching(/^é{131071,131072} … \(2,737,\d{3} more bytes\)$/),
      hint: 'short',
    })
  })

  it('is 8 MB of notices with their words, and the count of the rest', async () => {
    const { channel } = await runScript(
      session,
      `do $$ begin for i in 1..20 loop raise notice '%', repeat('x', 1000000); end loop; raise notice 'last'; end $$`,
    )

    const heard = channel.all('noticesArrived')
    const kept = heard.flatMap(({ notices }) => notices)
    expect([kept.length, heard.at(-1)?.dropped]).toEqual([8, 13])
  })

  it('is any number of notices of a statement that runs, and its result is whole', async () => {
    await session.query(`create function pg_temp.chatty() returns setof int language plpgsql as
      $$ begin for i in 1..101000 loop raise notice 'n'; end loop; return query select generate_series(1, 1000); end $$`)

    const { channel } = await runScript(session, 'select * from pg_temp.chatty()')

    expect(channel.all('noticesArrived').at(-1)?.dropped).toBe(100_000)
    expect(channel.all('statementCompleted')).toMatchObject([{ rows: 1_000 }])
  })

  it('is any number of notifications while it is idle', async () => {
    const own = await openTestSession(database)
    await own.query('listen told')

    await session.query(`select pg_notify('told', i::text) from generate_series(1, 20000) i`)

    expect((await own.query('select 1')).rows).toEqual([['1']])
    expect(own.lostBecause).toBeNull()
    await own.end()
  })

  it('is 256 MB of rows in answer to one question of ours', () => {
    const guard = new FramingGuard()
    const count = () => guard.countRow(50 * MEGABYTE)

    for (let row = 1; row <= 5; row += 1) count()

    expect(count).toThrow(
      'sent more rows than fit into 256 MB to a question that is answered at once; the session was closed',
    )
  })

  it('needs no key: without one there is nothing to cancel with, and all else works', async () => {
    const server = await startScriptedServer({
      onStartup: (socket) => socket.write(Buffer.concat([authenticationRequest(0), readyForQuery()])),
      onStatement: (socket) =>
        socket.write(
          Buffer.concat([
            boundAnswer(),
            rowDescription(['a']),
            dataRow(['1']),
            serverMessage('C', 'SELECT 1\0'),
            readyForQuery(),
          ]),
        ),
    })
    const own = await openTestSession(database, { target: aTarget({ port: server.port }) })

    const { rows } = await own.query('select 1')

    expect([rows, own.facts.backendPid]).toEqual([[['1']], 0])
    await own.end()
    await server.close()
  })
})
