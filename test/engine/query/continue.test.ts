import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../../electron/engine/session/session'
import { openTestSession, type RunChannel, runScript, startRun } from '../../support/builders'
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

/** Tag or SQLSTATE of each statement that ran, then the outcome of the run. */
function told(channel: RunChannel): string[] {
  return channel.events.flatMap((event) => {
    if (event.type === 'statementCompleted') return [event.commandTag]
    if (event.type === 'statementFailed') {
      return [event.failure.kind === 'postgres' ? event.failure.code : event.failure.kind]
    }
    return event.type === 'runEnded' ? [event.outcome] : []
  })
}

describe('a run that continues after a failure', () => {
  const continues = { onFailure: 'continue' } as const

  it('runs every other statement and has failed', async () => {
    const { channel } = await runScript(session, 'select 1; select 1/0; nonsense; select 2', continues)

    expect(told(channel)).toEqual(['SELECT 1', '22012', '42601', 'SELECT 1', 'failed'])
  })

  it('stops in an aborted transaction, where every further statement would be refused', async () => {
    const { channel } = await runScript(session, 'begin; select 1/0; select 2; rollback', continues)

    expect(told(channel)).toEqual(['BEGIN', '22012', 'failed'])
    expect(session.transactionStatus).toBe('aborted')
  })

  it('goes on when the next statement ends the aborted transaction', async () => {
    const { channel } = await runScript(session, 'begin; select 1/0; rollback; select 2', continues)

    expect(told(channel)).toEqual(['BEGIN', '22012', 'ROLLBACK', 'SELECT 1', 'failed'])
  })

  it('stops in manual commit after the first failure, because its transaction is aborted', async () => {
    const { channel } = await runScript(session, 'select 1; select 1/0; select 2', {
      ...continues,
      commitMode: 'manual',
    })

    expect(told(channel)).toEqual(['SELECT 1', '22012', 'failed'])
  })

  it('ends where it is cancelled', async () => {
    const run = startRun(session, 'select 1/0; select pg_sleep(600); select 2', continues)
    await expect.poll(() => run.channel.all('statementStarted').length).toBe(2)

    await session.cancel()
    await run.ended

    expect(told(run.channel)).toEqual(['22012', 'cancelled', 'cancelled'])
  })
})

describe('savepoints typed by hand', () => {
  const script = `savepoint a; insert into kept values (2); select 1/0`

  it.each(['auto', 'manual'] as const)('bring an aborted transaction back in %s commit', async (commitMode) => {
    await session.query('create temp table kept (i int)')
    await runScript(session, `${commitMode === 'auto' ? 'begin; ' : ''}insert into kept values (1)`, { commitMode })
    await runScript(session, script, { commitMode })
    const aborted = session.transactionStatus

    const { channel } = await runScript(session, 'rollback to savepoint a; insert into kept values (3); commit', {
      commitMode,
    })

    expect(aborted).toBe('aborted')
    expect(told(channel)).toEqual(['ROLLBACK', 'INSERT 0 1', 'COMMIT', 'complete'])
    expect(channel.all('transactionReported').map(({ status }) => status)).toEqual(['open', 'none'])
    expect((await session.query('select i from kept order by i')).rows).toEqual([['1'], ['3']])
  })

  it('may be the first statement in manual commit', async () => {
    const { channel } = await runScript(session, 'savepoint a; select 1', { commitMode: 'manual' })

    expect(told(channel)).toEqual(['SAVEPOINT', 'SELECT 1', 'complete'])
  })
})

describe('the transaction in a script', () => {
  it('is reported at each of its steps, before the statement that runs in it has ended', async () => {
    const run = startRun(session, 'select pg_sleep(600)', { commitMode: 'manual' })

    const reported = await run.channel.heard('transactionReported')

    expect(reported.status).toBe('open')
    expect(run.channel.all('statementCompleted')).toEqual([])
    await session.cancel()
    await run.ended
  })

  it('follows begin, commit and rollback of the script', async () => {
    const { channel } = await runScript(session, 'begin; select 1; commit; select 2; begin; select 1/0; rollback', {
      onFailure: 'continue',
    })

    expect(channel.all('transactionReported').map(({ status }) => status)).toEqual([
      'open',
      'none',
      'open',
      'aborted',
      'none',
    ])
  })
})
