import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FailureError } from '../../../electron/engine/failure-error'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, runScript, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { allTexts } from './all-rows'

const ENDLESS = `select generate_series(1, 2000000000), repeat('x', 100)`
const LIMITS = { rows: 20_000, bytes: 1024 ** 3 }

describe('a limit of reading', () => {
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

  it('pauses at exactly so many rows, and the server waits', async () => {
    const run = startRun(session, ENDLESS, { kept: { limits: LIMITS } })

    const { rows, reason } = await run.channel.heard('readingPaused')

    expect([rows, reason, run.channel.all('rowsCounted').at(-1)?.rows]).toEqual([20_000, 'rows', 20_000])
    await expect.poll(() => backend('wait_event')).toBe('ClientWrite')
    expect(run.channel.all('rowsCounted').at(-1)?.rows).toBe(20_000)
    run.channel.close()
    await run.ended
  })

  it('pauses at the row that goes over so many bytes', async () => {
    const run = startRun(session, ENDLESS, { kept: { limits: { rows: 1e9, bytes: 1_000_000 } } })

    const paused = await run.channel.heard('readingPaused')

    expect(paused.reason).toBe('bytes')
    expect([paused.byteCount >= 1_000_000, paused.byteCount < 1_000_200]).toEqual([true, true])
    run.channel.close()
    await run.ended
  })

  it('asks nothing of a result that has exactly so many rows', async () => {
    const { channel } = await runScript(session, 'select generate_series(1, 20000)', { kept: { limits: LIMITS } })

    expect(channel.all('readingPaused')).toEqual([])
    expect(channel.all('statementCompleted')).toMatchObject([{ rows: 20_000, remark: null }])
  })

  it('Continue reads on to the next limit, and to the end, without losing a row', async () => {
    const run = startRun(session, 'select generate_series(1, 50000)', { kept: { limits: LIMITS } })
    const { resultId } = await run.channel.heard('readingPaused')

    run.results.continueReading(resultId)
    await expect.poll(() => run.channel.all('readingPaused').map(({ rows }) => rows)).toEqual([20_000, 40_000])
    run.results.continueReading(resultId)
    await run.ended

    expect(run.channel.all('readingContinued')).toHaveLength(2)
    expect(run.channel.all('statementCompleted')).toMatchObject([{ rows: 50_000, remark: null }])
    expect(allTexts(run.results.get(resultId)).map(([cell]) => cell)).toEqual(
      Array.from({ length: 50_000 }, (_, i) => String(i + 1)),
    )
  })

  it('may be so low that Continue meets it again in the same piece of the stream', async () => {
    const run = startRun(session, 'select generate_series(1, 30)', { kept: { limits: { rows: 10, bytes: 1e9 } } })
    const goOn = setInterval(() => {
      for (const { resultId } of run.channel.all('readingPaused')) {
        try {
          run.results.continueReading(resultId)
        } catch (error) {
          if (!(error instanceof FailureError)) throw error // it has gone on already
        }
      }
    }, 5)
    await run.ended
    clearInterval(goOn)

    const { resultId } = await run.channel.heard('columnsArrived')
    expect(allTexts(run.results.get(resultId))).toHaveLength(30)
    expect(run.channel.all('statementCompleted')).toMatchObject([{ rows: 30, remark: null }])
  })

  it('Stop keeps exactly the rows so far, and the session goes on', async () => {
    const run = startRun(session, `${ENDLESS}; select 'never'`, { kept: { limits: LIMITS } })
    const { resultId } = await run.channel.heard('readingPaused')

    await session.cancel()
    await run.ended

    const texts = allTexts(run.results.get(resultId))
    expect([texts.length, texts.at(-1)?.[0]]).toEqual([20_000, '20000'])
    expect(run.channel.all('statementFailed')).toMatchObject([{ failure: { kind: 'cancelled' }, resultId }])
    expect(run.channel.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
    expect((await session.query('select 1')).rows).toEqual([['1']])
  })

  it('refuses Continue once rows have gone by after Stop, so that none is missing in between', async () => {
    const run = startRun(session, ENDLESS, { kept: { limits: LIMITS } })
    const { resultId } = await run.channel.heard('readingPaused')

    session.resume() // as a cancel does first
    const resumedAt = session.tap.heardAt
    await expect.poll(() => session.tap.heardAt).toBeGreaterThan(resumedAt)

    expect(() => run.results.continueReading(resultId)).toThrow('is not paused')
    await session.cancel()
    await run.ended
    expect(allTexts(run.results.get(resultId))).toHaveLength(20_000)
  })

  it('lets the tab be closed: the backend ends', async () => {
    const run = startRun(session, ENDLESS, { kept: { limits: LIMITS } })
    const { resultId } = await run.channel.heard('readingPaused')

    run.results.release([resultId])
    await session.end()
    await run.ended

    await expect.poll(() => backend('state')).toBeUndefined()
  })

  it('lets the window go away: the statement is cancelled', async () => {
    const run = startRun(session, ENDLESS, { kept: { limits: LIMITS } })
    await run.channel.heard('readingPaused')

    run.channel.close()
    await run.ended

    await expect.poll(() => backend('state')).toBe('idle')
  })

  it('refuses Continue when nothing is paused', async () => {
    const { channel, results } = await runScript(session, 'select 1', { kept: { limits: LIMITS } })
    const { resultId } = await channel.heard('columnsArrived')

    expect(() => results.continueReading(resultId)).toThrow('is not paused')
  })
})
