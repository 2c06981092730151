import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RowWindow } from '../../../contract/row-window'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { allTexts } from './all-rows'

const ENDLESS = `select generate_series(1, 2000000000), repeat('x', 100)`

describe('a result that streams', () => {
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

  const backend = async (column: 'state' | 'wait_event') => {
    const sql = `select ${column} as is_now from pg_stat_activity where pid = $1`
    return (await database.query(sql, [session.facts.backendPid])).rows[0]?.is_now
  }

  it('shows its first page long before it ends', async () => {
    const run = startRun(session, ENDLESS)

    const { firstPage, rows } = await run.channel.heard('rowsCounted')

    const window = new RowWindow(firstPage ?? new Uint8Array(0))
    expect([window.text(0, 0), window.columnCount, window.rowCount]).toEqual(['1', 2, Math.min(rows, 200)])
    expect(run.channel.all('statementCompleted')).toEqual([])
    run.channel.close()
    await run.ended
  })

  it('sends one first page, and counts that grow at most four times a second', async () => {
    const run = startRun(session, ENDLESS)
    await expect.poll(() => run.channel.all('rowsCounted').length, { timeout: 5000 }).toBeGreaterThanOrEqual(5)

    await session.cancel()
    await run.ended

    const counts = run.channel.all('rowsCounted')
    const times = run.channel.times.filter((_, index) => run.channel.events[index]?.type === 'rowsCounted')
    // The last count is the one that ends the result, and may follow at once.
    const gaps = times.slice(1, -1).map((time, index) => time - (times[index] ?? 0))
    expect(counts.map(({ firstPage }) => firstPage !== null)).toEqual(counts.map((_, index) => index === 0))
    expect(counts.map(({ rows }) => rows)).toEqual([...new Set(counts.map(({ rows }) => rows))].sort((a, b) => a - b))
    expect(Math.min(...gaps)).toBeGreaterThan(200)
  })

  it('keeps what had come when it is cancelled', async () => {
    const run = startRun(session, ENDLESS)
    await run.channel.heard('rowsCounted')

    await session.cancel()
    await run.ended

    const [failed] = run.channel.all('statementFailed')
    const last = run.channel.all('rowsCounted').at(-1)
    if (last === undefined) throw new Error('no rows came')
    const texts = allTexts(run.results.get(last.resultId))
    expect(failed).toMatchObject({ failure: { kind: 'cancelled' }, resultId: last.resultId })
    expect(run.channel.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
    expect([texts.length, texts.at(-1)?.[0]]).toEqual([last.rows, String(last.rows)])
  })

  it('is cancelled when the window closes its channel, and the session goes on', async () => {
    const run = startRun(session, `${ENDLESS}; select 'never'`)
    await run.channel.heard('rowsCounted')

    run.channel.close()
    await run.ended

    await expect.poll(() => backend('state')).toBe('idle')
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  it('runs no further statement once the channel has closed', async () => {
    const run = startRun(session, `select pg_sleep(0.05); create table after_close ()`)
    await run.channel.heard('statementStarted')

    run.channel.close()
    await run.ended

    expect((await session.query(`select to_regclass('after_close')`)).rows).toEqual([[null]])
  })

  it('fact 4: is read with one Execute without a row limit', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port })
    const own = await openTestSession(database, { target: { ...database.target, port: proxy.port } })
    const sentBefore = proxy.connections[0]?.sent().length ?? 0

    const { channel } = await runScript(own, 'select generate_series(1, 100000)')

    const sent = proxy.connections[0]?.sent().subarray(sentBefore) ?? Buffer.alloc(0)
    const messages: string[] = []
    for (let at = 0; at < sent.length; at += 1 + sent.readUInt32BE(at + 1)) {
      messages.push(String.fromCharCode(sent.readUInt8(at)))
    }
    const execute = sent.subarray(-5 - 10, -5) // in front of Sync: E, length, portal '', row limit
    expect(messages.join('')).toBe('PBDES')
    expect(execute).toEqual(Buffer.from([69, 0, 0, 0, 9, 0, 0, 0, 0, 0]))
    expect(channel.all('statementCompleted').map(({ rows }) => rows)).toEqual([100_000])
    await own.end()
    await proxy.close()
  })

  it('fact 4: may be computed by parallel workers', async () => {
    await database.query('create table large as select generate_series(1, 200000) as id')
    await database.query('grant all on large to app; analyze large')
    await session.query('set parallel_setup_cost = 0')
    await session.query('set parallel_tuple_cost = 0')
    await session.query('set min_parallel_table_scan_size = 0')
    const sql =
      'select parallel_workers_launched::int as launched from pg_stat_database where datname = current_database()'

    await runScript(session, 'select id from large where id % 2 = 0')

    await session.query('select pg_stat_force_next_flush()')
    await expect.poll(async () => (await database.query(sql)).rows[0]?.launched).toBeGreaterThan(0)
  })

  it('fact 4: is never left paused after its first page', async () => {
    const run = startRun(session, ENDLESS)
    const { rows } = await run.channel.heard('rowsCounted')

    const countNow = () => run.channel.all('rowsCounted').at(-1)?.rows ?? 0

    await expect.poll(countNow, { timeout: 5000 }).toBeGreaterThan(rows)
    run.channel.close()
    await run.ended
  })

  it('fact 4: makes the server wait while the socket is paused', async () => {
    const run = startRun(session, ENDLESS)
    await expect.poll(() => run.channel.all('rowsCounted').length, { timeout: 5000 }).toBeGreaterThan(1)

    session.pause()

    await expect.poll(() => backend('wait_event')).toBe('ClientWrite')
    run.channel.close()
    await run.ended
  })

  it('leaves no timer behind that would count on', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()

    const { channel } = await runScript(session, 'select generate_series(1, 100000);'.repeat(6))

    expect(channel.all('statementCompleted').map(({ rows }) => rows)).toEqual(Array(6).fill(100_000))
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
