import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../contract/query'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { boundAnswer, dataRow, rowDescription, serverMessage, startScriptedServer } from '../../support/scripted-server'
import { allTexts } from './all-rows'

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

/** An event in a few words: its type, its statement, and what matters most of it. */
function briefly(event: RunEvent): string {
  const words: Record<RunEvent['type'], () => unknown> = {
    scriptSplit: () =>
      event.type === 'scriptSplit' && event.statements.map(({ from, to }) => `${from}-${to}`).join(','),
    statementStarted: () => '',
    columnsArrived: () => event.type === 'columnsArrived' && event.columns.map((column) => column.name).join(','),
    columnTypesNamed: () => '',
    rowsCounted: () => event.type === 'rowsCounted' && `${event.rows}${event.firstPage === null ? '' : ' page'}`,
    readingPaused: () => event.type === 'readingPaused' && event.rows,
    readingContinued: () => '',
    noticesArrived: () => event.type === 'noticesArrived' && event.notices.map(({ message }) => message).join(','),
    statementCompleted: () => event.type === 'statementCompleted' && `${event.commandTag} rows ${event.rows}`,
    statementFailed: () => event.type === 'statementFailed' && event.failure.kind,
    transactionReported: () => event.type === 'transactionReported' && event.status,
    runEnded: () => event.type === 'runEnded' && event.outcome,
  }
  const statement = 'statement' in event ? ` ${event.statement}` : ''
  return `${event.type}${statement} ${words[event.type]()}`.trim()
}

describe('a run', () => {
  it('tells of three statements in order', async () => {
    const script = `create temp table t (id int); insert into t values (1), (2);\n\n select * from t -- all`

    const { channel } = await runScript(session, script)

    expect(channel.events.map(briefly)).toEqual([
      'scriptSplit 0-28,30-59,63-78',
      'statementStarted 0',
      'statementCompleted 0 CREATE TABLE rows null',
      'statementStarted 1',
      'statementCompleted 1 INSERT 0 2 rows 2',
      'statementStarted 2',
      'columnsArrived 2 id',
      'rowsCounted 2 2 page',
      'statementCompleted 2 SELECT 2 rows 2',
      'runEnded complete',
    ])
  })

  it('stops at the first failure and runs nothing after it', async () => {
    const script = 'create temp table kept (id int); select 1/0; create temp table never (id int)'

    const { channel } = await runScript(session, script)

    expect(channel.events.map(briefly).slice(1)).toEqual([
      'statementStarted 0',
      'statementCompleted 0 CREATE TABLE rows null',
      'statementStarted 1',
      'statementFailed 1 postgres',
      'runEnded failed',
    ])
    const { rows } = await session.query(`select to_regclass('kept') is not null, to_regclass('never') is not null`)
    expect(rows).toEqual([['t', 'f']])
  })

  it('keeps the rows that came before a failure', async () => {
    const { channel, results } = await runScript(session, 'select 1 / (500 - i) from generate_series(1, 1000) i')

    const [failed] = channel.all('statementFailed')
    const resultId = failed?.resultId
    if (resultId === undefined || resultId === null) throw new Error('no rows were kept')
    expect(failed).toMatchObject({ failure: { kind: 'postgres', code: '22012' }, place: null })
    expect(allTexts(results.get(resultId)).length).toBe(channel.all('rowsCounted').at(-1)?.rows)
  })

  it('runs only the range, and keeps the places of the script', async () => {
    const script = 'select 1; select 2 as wanted; select 3'

    const { channel } = await runScript(session, script, { range: { from: 9, to: 30 } })

    expect(channel.all('scriptSplit')).toEqual([{ type: 'scriptSplit', statements: [{ from: 10, to: 28 }] }])
    expect(channel.all('columnsArrived').map(({ columns }) => columns[0]?.name)).toEqual(['wanted'])
  })

  it('of nothing is complete', async () => {
    const { channel } = await runScript(session, ' -- nothing here\n ;; /* nor here */')

    expect(channel.events.map(briefly)).toEqual(['scriptSplit', 'runEnded complete'])
  })

  it("leaves out psql's \\restrict, which pg_dump writes around its output", async () => {
    const script = '\\restrict kEy\nselect 1;\n\\unrestrict kEy\n'

    const { channel } = await runScript(session, script)

    expect(channel.events.map(briefly)).toEqual([
      'scriptSplit 14-22',
      'statementStarted 0',
      'columnsArrived 0 ?column?',
      'rowsCounted 0 1 page',
      'statementCompleted 0 SELECT 1 rows 1',
      'runEnded complete',
    ])
  })

  it('reports the transaction whenever it changes', async () => {
    const { channel } = await runScript(session, 'begin; select 1; savepoint a; select 1/0')

    expect(channel.all('transactionReported').map(({ status }) => status)).toEqual(['open', 'aborted'])
  })

  it('fails where the server answers COMMIT with ROLLBACK, and stops there', async () => {
    await runScript(session, 'begin; select 1/0')

    const { channel } = await runScript(session, 'commit; select 1')

    expect(channel.events.map(briefly).slice(1)).toEqual([
      'statementStarted 0',
      'statementFailed 0 refused',
      'transactionReported none',
      'runEnded failed',
    ])
    expect(channel.all('statementFailed')[0]?.failure).toMatchObject({
      issues: [{ message: expect.stringContaining('The server answered COMMIT with ROLLBACK') }],
    })
  })

  it('puts each notice under its statement', async () => {
    const script = `do $$ begin raise notice 'one'; raise notice 'two'; end $$; do $$ begin raise notice 'three'; end $$`

    const { channel } = await runScript(session, script)

    expect(channel.events.map(briefly).slice(1)).toEqual([
      'statementStarted 0',
      'noticesArrived 0 one,two',
      'statementCompleted 0 DO rows null',
      'statementStarted 1',
      'noticesArrived 1 three',
      'statementCompleted 1 DO rows null',
      'runEnded complete',
    ])
  })

  it('passes 1,000 notices of a statement on, each with its time, and counts the rest', async () => {
    const startedAt = Date.now()
    const script = `do $$ begin for i in 1..1500 loop raise notice '%', i; end loop; end $$`

    const { channel } = await runScript(session, script)

    const arrived = channel.all('noticesArrived')
    const notices = arrived.flatMap((event) => event.notices)
    expect([notices.length, notices.at(-1)?.message]).toEqual([1000, '1000'])
    expect(notices.every(({ at }) => at >= startedAt && at <= Date.now())).toBe(true)
    expect(arrived.at(-1)?.dropped).toBe(500)
  })

  it('counts the notices of a statement that failed as well', async () => {
    const script = `do $$ begin for i in 1..1200 loop raise notice '%', i; end loop; raise exception 'enough'; end $$`

    const { channel } = await runScript(session, script)

    expect(channel.all('noticesArrived').at(-1)?.dropped).toBe(200)
    expect(channel.all('statementFailed')).toMatchObject([{ failure: { message: 'enough' } }])
  })

  it('has the names of types that are not built in sent after the columns', async () => {
    await database.query(`create type mood as enum ('sad', 'glad')`)

    const { channel } = await runScript(session, `select 'glad'::mood, 1`, {
      nameTypes: async (columns) => columns.map((column) => ({ ...column, typeName: `named ${column.typeName}` })),
    })

    const names = (event: { columns: readonly { typeName: string }[] }) => event.columns.map((each) => each.typeName)
    expect(channel.all('columnsArrived').map(names)).toEqual([[expect.stringMatching(/^oid \d+$/), 'int4']])
    await expect
      .poll(() => channel.all('columnTypesNamed').map(names))
      .toEqual([[expect.stringMatching(/^named oid \d+$/), 'named int4']])
  })

  it('ends after the names of types have come, and never waits long for them', async () => {
    const told = await runScript(session, `select '1'::oidvector`, {
      nameTypes: async (columns) => {
        await database.query('select 1')
        return columns
      },
    })

    const untold = await runScript(session, `select '1'::oidvector`, { nameTypes: () => new Promise(() => {}) })

    expect(told.channel.events.map(briefly).slice(-2)).toEqual(['columnTypesNamed 0', 'runEnded complete'])
    expect(untold.channel.events.map(briefly).at(-1)).toBe('runEnded complete')
  })

  it('goes on when the names of types cannot be had', async () => {
    const { channel } = await runScript(session, `select '{1}'::oidvector[]`, {
      nameTypes: () => Promise.reject(new Error('no catalog')),
    })

    expect(channel.events.map(briefly).at(-1)).toBe('runEnded complete')
  })

  it('is lost when its backend is terminated', async () => {
    const run = startRun(session, 'select pg_sleep(600); select 1')
    await run.channel.heard('statementStarted')
    const sql = `select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and state = 'active'`
    await expect.poll(async () => (await database.query(sql, [session.facts.backendPid])).rowCount).toBe(1)

    await run.ended

    expect(run.channel.events.map(briefly).slice(-2)).toEqual(['statementFailed 0 connection', 'runEnded lost'])
  })

  it('fact 11: does not know how it ended when its socket was cut', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const own = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const run = startRun(own, 'select pg_sleep(600)')
    await run.channel.heard('statementStarted')

    proxy.connections[0]?.cut()
    await run.ended

    expect(run.channel.events.map(briefly).slice(-2)).toEqual(['statementFailed 0 unknown-outcome', 'runEnded lost'])
    await proxy.close()
  })

  it('ends when its session is ended by us', async () => {
    const run = startRun(session, 'select generate_series(1, 2000000000)')
    await run.channel.heard('rowsCounted')

    await session.end()
    await run.ended

    expect(run.channel.events.map(briefly).at(-1)).toBe('runEnded failed')
    expect(run.channel.all('statementFailed')).toMatchObject([{ failure: { kind: 'connection', reason: 'lost' } }])
  })

  it('gives a session up whose server sends rows that are none', async () => {
    const server = await startScriptedServer({
      onStatement: (socket) =>
        socket.write(
          Buffer.concat([
            boundAnswer(),
            rowDescription(['a']),
            serverMessage('D', Buffer.from([0xea, 0x60])),
            dataRow(['b']),
          ]),
        ),
    })
    const own = await openTestSession(database, {
      target: { ...database.target, port: server.port, authenticationMethods: ['none'] },
    })

    const { channel } = await runScript(own, 'select 1')

    expect(channel.events.map(briefly).at(-1)).toBe('runEnded lost')
    expect(own.lostBecause?.message).toContain('sent a DataRow of 60000 columns where 1 were described')
    await server.close()
  })
})
