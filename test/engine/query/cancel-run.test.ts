import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, seededRandom, startRun, type TestRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { rounds } from '../../support/rounds'

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

/** Cancels the run once the server waits for that, and answers with its outcome and what it took in milliseconds. */
async function cancelledWhile(run: TestRun, waitEvent: string) {
  const sql = 'select wait_event from pg_stat_activity where pid = $1'
  await expect
    .poll(async () => (await database.query(sql, [session.facts.backendPid])).rows)
    .toEqual([{ wait_event: waitEvent }])
  const askedAt = performance.now()
  await session.cancel()
  await run.ended
  const tookMs = performance.now() - askedAt
  const { rows } = await database.query('select state from pg_stat_activity where pid = $1', [session.facts.backendPid])
  return { event: run.channel.events.at(-1), isQuick: tookMs < 1_000, state: rows[0]?.state }
}

describe.each(['auto', 'manual'] as const)('Cancel in %s commit', (commitMode) => {
  const state = commitMode === 'auto' ? 'idle' : 'idle in transaction (aborted)'
  const cancelled = { event: expect.objectContaining({ type: 'runEnded', outcome: 'cancelled' }), isQuick: true, state }
  const selectOne = async () => {
    if (commitMode === 'manual') await runScript(session, 'rollback', { commitMode })
    const { channel } = await runScript(session, 'select 1', { commitMode })
    return channel.events.at(-1)
  }
  afterEach(async () => {
    expect(await selectOne()).toMatchObject({ outcome: 'complete' })
  })

  it('ends a statement that sleeps', async () => {
    expect(await cancelledWhile(startRun(session, 'select pg_sleep(60)', { commitMode }), 'PgSleep')).toEqual(cancelled)
  })

  it('ends a statement that waits for a lock', async () => {
    const holder = await openTestSession(database)
    await holder.query('select pg_advisory_lock(7)')

    expect(await cancelledWhile(startRun(session, 'select pg_advisory_lock(7)', { commitMode }), 'advisory')).toEqual(
      cancelled,
    )
    await holder.end()
  })
})

describe('Cancel', () => {
  it('ends a statement that sorts', async () => {
    const sorting = 'select count(*) from (select md5(generate_series(1, 20000000)::text) h order by h offset 0) s'
    const run = startRun(session, sorting)
    await expect
      .poll(async () => {
        const sql = `select 1 from pg_stat_activity where pid = $1 and state = 'active' and query like '%offset 0%'`
        return (await database.query(sql, [session.facts.backendPid])).rowCount
      })
      .toBe(1)
    const askedAt = performance.now()

    await session.cancel()
    await run.ended

    expect(run.channel.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
    expect(performance.now() - askedAt).toBeLessThan(1_000)
  })

  it('ends a COMMIT whose deferred trigger is slow, and nothing was committed', async () => {
    await session.query('create table slow_commit (i int)')
    await session.query(
      `create function nap() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$`,
    )
    await session.query(
      'create constraint trigger nap after insert on slow_commit initially deferred for each row execute function nap()',
    )
    const run = startRun(session, 'begin; insert into slow_commit values (1); commit; select 1')

    expect(await cancelledWhile(run, 'PgSleep')).toMatchObject({ event: { outcome: 'cancelled' }, state: 'idle' })
    expect((await session.query('select count(*) from slow_commit')).rows).toEqual([['0']])
  })

  it('between two statements begins no further one', async () => {
    await session.query('create temp table counted (i int)')
    const run = startRun(session, 'insert into counted values (1); '.repeat(500))
    await run.channel.heard('statementCompleted')
    // The server has nothing to cancel at this moment: the statement has completed, the next was not sent.
    void session.cancel()
    await run.ended

    const completed = run.channel.all('statementCompleted').length
    expect(run.channel.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
    expect(completed).toBeLessThan(500)
    expect((await session.query('select count(*) from counted')).rows).toEqual([[String(completed)]])
  })

  it('that comes late never hits the next run, at random moments', async () => {
    const random = seededRandom(44)
    const outcomes = new Set<string>()
    const hits: unknown[] = []

    for (const _round of rounds(60)) {
      const commitMode = random() < 0.5 ? 'auto' : 'manual'
      const script = `select pg_sleep(${random() * 0.01}); select generate_series(1, ${Math.floor(random() * 20_000)})`
      const run = startRun(session, script, { commitMode })
      await pause(random() * 18)
      const cancels = [session.cancel(), session.cancel()]
      await run.ended
      const ended = run.channel.all('runEnded')[0]?.outcome ?? 'none'
      outcomes.add(ended)
      await runScript(session, 'rollback')
      const next = await runScript(session, 'select pg_sleep(0.002)', { commitMode })
      if (next.channel.all('runEnded')[0]?.outcome !== 'complete') hits.push(next.channel.events)
      await runScript(session, 'rollback')
      await Promise.all(cancels)
    }

    expect(hits).toEqual([])
    expect([...outcomes].sort()).toEqual(['cancelled', 'complete'])
  })
})

describe('a statement timeout', () => {
  const napping = 'select pg_sleep(60)'

  it("ends the statement with the server's own error, which is no cancel", async () => {
    const { channel } = await runScript(session, napping, { statementTimeoutMs: 50 })

    expect(channel.all('statementFailed')[0]?.failure).toMatchObject({
      kind: 'postgres',
      code: '57014',
      message: 'canceling statement due to statement timeout',
    })
    expect(channel.events.at(-1)).toMatchObject({ outcome: 'failed' })
  })

  it('holds again after the rollback and the DISCARD ALL that took it back', async () => {
    const limit = { statementTimeoutMs: 50 }
    await runScript(session, 'begin; select 1; rollback; discard all', limit)

    const { channel } = await runScript(session, napping, limit)

    expect(channel.events.at(-1)).toMatchObject({ outcome: 'failed' })
  })

  it.each([
    ['a rollback of the transaction in which it was set', 'begin', `rollback; ${napping}`],
    ['the rollback of an aborted transaction', 'begin; select 1/0', `rollback; ${napping}`],
    ['DISCARD ALL', 'select 1', `discard all; ${napping}`],
  ])('holds in the same script behind %s', async (_name, before, script) => {
    await runScript(session, before)

    const { channel } = await runScript(session, script, { statementTimeoutMs: 50 })

    expect(channel.all('statementFailed')[0]).toMatchObject({ statement: 1, failure: { code: '57014' } })
  })

  it('is taken back when it is not wanted any more, also when it was given up inside a transaction', async () => {
    const shown = async () => (await session.query('show statement_timeout')).rows[0]?.[0]
    await runScript(session, 'begin', { statementTimeoutMs: 12_000 })
    const during = await shown()
    await runScript(session, 'select 1', { statementTimeoutMs: null })
    await runScript(session, 'rollback', { statementTimeoutMs: null })

    await runScript(session, 'select 1', { statementTimeoutMs: null })

    expect([during, await shown()]).toEqual(['12s', '0'])
  })

  it('does not stand in the way of SET TRANSACTION', async () => {
    await runScript(session, 'begin', { statementTimeoutMs: 12_000 })

    const { channel } = await runScript(session, 'set transaction isolation level serializable', {
      statementTimeoutMs: 12_000,
    })

    expect(channel.events.at(-1)).toMatchObject({ outcome: 'complete' })
  })

  it('leaves one alone that was set by hand', async () => {
    await runScript(session, `set statement_timeout = '33s'`, { statementTimeoutMs: null })

    await runScript(session, 'select 1', { statementTimeoutMs: null })

    expect((await session.query('show statement_timeout')).rows).toEqual([['33s']])
  })
})
