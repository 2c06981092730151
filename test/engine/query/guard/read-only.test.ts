import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Session } from '../../../../electron/engine/session/session'
import { openTestSession, type RunChannel, runScript, startRun, type TestRunOptions } from '../../../support/builders'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { allTexts } from '../all-rows'

let database: TestDatabase
let session: Session
beforeAll(async () => {
  database = await createDatabase('app')
  const owner = await openTestSession(database)
  await owner.query('create table items (id int); ')
  await owner.query('insert into items select generate_series(1, 2000)')
  await owner.end()
})
afterAll(() => database.drop())
beforeEach(async () => {
  session = await openTestSession(database)
  await session.learnServer()
})
afterEach(() => session.end())

const readOnly = { isReadOnly: true } as const
const run = (script: string, options: TestRunOptions = {}) => runScript(session, script, { ...readOnly, ...options })

/** Tag or failure of each statement that ran, the states of the transaction, then the outcome. */
function told(channel: RunChannel): string[] {
  return channel.events.flatMap((event) => {
    switch (event.type) {
      case 'statementCompleted':
        return [event.commandTag]
      case 'statementFailed':
        return [event.failure.kind === 'postgres' ? event.failure.code : event.failure.kind]
      case 'transactionReported':
        return [event.status]
      case 'runEnded':
        return [event.outcome]
      default:
        return []
    }
  })
}

async function lastRows(script: string, options: TestRunOptions = {}) {
  const { channel, results } = await run(script, options)
  const last = channel.all('columnsArrived').at(-1)
  return last === undefined ? told(channel) : allTexts(results.get(last.resultId))
}

describe('ordinary work on a read-only connection', () => {
  it('tells of the same events as on any other', async () => {
    const script = 'select id from items where id < 3; show work_mem; explain select 1; values (1), (2)'
    const normal = await runScript(session, script)

    const { channel } = await run(script)

    expect(told(channel)).toEqual(told(normal.channel))
  })

  it('brings all rows of a result', async () => {
    const rows = await lastRows('select id from items order by id')

    expect([rows.length, rows[0], rows.at(-1)]).toEqual([2000, ['1'], ['2000']])
  })

  it('keeps what is SET for the session', async () => {
    const rows = await lastRows(
      `set search_path = pg_catalog; set timezone = 'Asia/Tokyo'; select current_setting('search_path'), current_setting('timezone')`,
    )

    expect(rows).toEqual([['pg_catalog', 'Asia/Tokyo']])
  })

  it('keeps a prepared statement, and lets it read', async () => {
    expect(await lastRows('prepare one as select 41 + 1; execute one')).toEqual([['42']])
  })

  it('points at the place of an error in the script', async () => {
    const script = 'select 1; select id, nonsense from items'
    const { channel } = await run(script)

    const [failed] = channel.all('statementFailed')
    expect(script.slice(failed?.place?.from, failed?.place?.to)).toBe('nonsense')
  })

  it('sends the rows of COPY … TO STDOUT', async () => {
    expect(await lastRows('copy (select 7) to stdout')).toEqual([['7']])
  })

  it('takes values for parameters', async () => {
    const parameters = [{ name: ':id', value: '5' }]

    expect(await lastRows('select id from items where id = :id', { parameters })).toEqual([['5']])
  })

  it('is cancelled, and leaves no transaction behind', async () => {
    const running = startRun(session, 'select pg_sleep(60)', readOnly)
    const sql = 'select state from pg_stat_activity where pid = $1 and wait_event = $2'
    const pid = session.facts.backendPid
    await expect.poll(async () => (await database.query(sql, [pid, 'PgSleep'])).rows).toHaveLength(1)

    await session.cancel()
    await running.ended

    const { rows } = await database.query('select state from pg_stat_activity where pid = $1', [pid])
    expect([told(running.channel), rows]).toEqual([['cancelled', 'cancelled'], [{ state: 'idle' }]])
  })
})

describe('a transaction on a read-only connection', () => {
  it('is opened by BEGIN, kept, and ended by COMMIT', async () => {
    const { channel } = await run('begin; select 1; commit; select 2')

    expect(told(channel)).toEqual(['BEGIN', 'open', 'SELECT 1', 'COMMIT', 'none', 'SELECT 1', 'complete'])
  })

  it('has the isolation that BEGIN asked for', async () => {
    const rows = await lastRows(
      `start transaction isolation level serializable, deferrable; select current_setting('transaction_isolation'), current_setting('transaction_deferrable'), current_setting('transaction_read_only')`,
    )

    expect(rows).toEqual([['serializable', 'on', 'on']])
  })

  it('lets a cursor be declared and read', async () => {
    const rows = await lastRows('begin; declare c cursor for select id from items order by id; fetch 2 from c')

    expect(rows).toEqual([['1'], ['2']])
  })

  it('goes back to a savepoint', async () => {
    const { channel } = await run('begin; savepoint a; select 1/0; rollback to a; select 1; commit', {
      onFailure: 'continue',
    })

    expect(told(channel)).toEqual([
      'BEGIN',
      'open',
      'SAVEPOINT',
      '22012',
      'aborted',
      'ROLLBACK',
      'open',
      'SELECT 1',
      'COMMIT',
      'none',
      'failed',
    ])
  })

  it('is opened by manual commit', async () => {
    const { channel } = await run('select 1; update items set id = 0', { commitMode: 'manual' })

    expect(told(channel)).toEqual(['open', 'SELECT 1', '25006', 'aborted', 'failed'])
  })

  it('is not begun READ WRITE', async () => {
    const { channel } = await run('begin read write')

    expect([channel.all('statementFailed')[0]?.failure, session.transactionStatus]).toEqual([
      {
        kind: 'refused',
        issues: [
          { path: 'transaction', message: 'This connection is read-only: it begins no READ WRITE transaction.' },
        ],
      },
      'none',
    ])
  })

  it('of before it was made read-only is read-only from the next statement on', async () => {
    await runScript(session, 'begin; create table early (id int)')

    const { channel } = await run('insert into early values (1)')

    expect(told(channel)).toEqual(['25006', 'aborted', 'failed'])
  })
})

describe('a write on a read-only connection', () => {
  it('is refused in the words of the server', async () => {
    const { channel } = await run('update items set id = 0')

    expect(channel.all('statementFailed')[0]?.failure).toMatchObject({
      code: '25006',
      message: 'cannot execute UPDATE in a read-only transaction',
    })
  })

  it('that waits for COMMIT makes the statement fail, not the run go on', async () => {
    const { channel } = await run('declare late cursor with hold for select 1 / (id - 1) from items')

    expect([told(channel), session.transactionStatus]).toEqual([['22012', 'failed'], 'none'])
  })

  it('is possible again once the connection is not read-only any more', async () => {
    await run('select 1')

    const { channel } = await runScript(session, 'insert into items values (3000); delete from items where id = 3000')

    expect(told(channel)).toEqual(['INSERT 0 1', 'DELETE 1', 'complete'])
  })

  it('is not refused to others behind a pooler: the session itself is left as it is', async () => {
    const pooled = await openTestSession(database)

    await runScript(pooled, 'select 1', readOnly)

    const { rows } = await pooled.query('show default_transaction_read_only')
    expect(rows).toEqual([['off']])
    await pooled.end()
  })
})

describe('what a read-only connection cannot stop', () => {
  const asSuperuser = async (script: string) => {
    const { role, password } = inject('cluster').superuser
    const superuser = await openTestSession(database, { target: { ...database.target, role }, password })
    try {
      return told((await runScript(superuser, script, readOnly)).channel)
    } finally {
      await superuser.end()
    }
  }

  it('is a program that a superuser runs on the server', async () => {
    expect(await asSuperuser(`copy (select 1) to program 'cat > /dev/null'`)).toEqual(['COPY 1', 'complete'])
  })

  it('is the end of another session', async () => {
    const other = await openTestSession(database)
    const lost = new Promise((resolve) => other.onLost(resolve))

    const events = await asSuperuser(`select pg_terminate_backend(${other.facts.backendPid})`)

    expect([events, await lost]).toMatchObject([['SELECT 1', 'complete'], { reason: 'lost' }])
  })

  it.each(['notify news', 'select pg_advisory_lock(11)', 'lock table items in share mode', 'checkpoint'])(
    'is %s',
    async (script) => {
      expect((await asSuperuser(script)).at(-1)).toBe('complete')
    },
  )
})

describe('what PostgreSQL lets through in a READ ONLY transaction, and is rolled back here', () => {
  it.each([
    'explain analyze create table sneaked as select 1',
    "do $$ begin execute 'explain analyze create table sneaked as select 1'; end $$",
    'analyze items',
  ])('is %s', async (script) => {
    const events = told((await run(script)).channel)
    const inTransaction = told((await run(`begin; ${script}; commit`)).channel)

    const { rows } = await session.query("select to_regclass('sneaked')::text")
    expect([events, inTransaction.slice(0, 3), rows]).toEqual([
      ['refused', 'failed'],
      ['BEGIN', 'open', 'refused'],
      [[null]],
    ])
  })
})
