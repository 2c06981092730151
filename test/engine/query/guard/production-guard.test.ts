import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Failure, Reply } from '../../../../contract/failure'
import type { CheckEvent } from '../../../../contract/guard'
import type { Environment, ProfileId } from '../../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../../contract/profile-defaults'
import type { RunInput } from '../../../../contract/query'
import type { SessionId } from '../../../../contract/session'
import type { TabId } from '../../../../contract/workspace'
import { aDraft } from '../../../support/builders'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../../support/port-pair'

let database: TestDatabase
let engine: TestEngine
let window: TestWindow
let production: ProfileId
let sessionId: SessionId
let tabs = 0

async function save(environment: Environment, isReadOnly = false): Promise<ProfileId> {
  const draft = aDraft({ environment, target: database.target, settings: { ...SETTINGS_DEFAULTS, isReadOnly } })
  const { id } = await window.get('profile.save', { draft: { ...draft, name: `${environment} ${isReadOnly}` } })
  engine.passwords.set(id, database.password)
  return id
}

async function openSession(profileId: ProfileId): Promise<SessionId> {
  tabs += 1
  const tabId = `tab-${tabs}` as TabId // branded here: the window mints tab ids
  return (await window.get('session.open', { profileId, tabId })).sessionId
}

beforeAll(async () => {
  database = await createDatabase('app')
  await database.query('create table orders (id int primary key, paid boolean, note text)')
  await database.query(`insert into orders select i, false, 'note' from generate_series(1, 12400) i; analyze orders`)
  await database.query('create table empty (id int); alter table empty owner to app; alter table orders owner to app')
  engine = await startTestEngine()
  window = engine.openWindow()
  production = await save('production')
  sessionId = await openSession(production)
})
afterAll(async () => {
  await engine.stop()
  await database.drop()
})

function input(script: string, change: Partial<RunInput> = {}): RunInput {
  return { sessionId, script, range: null, commitMode: 'auto', ...change }
}

/** What a run ended with: its outcome, and the failure of the statement that failed. */
async function ran(wanted: RunInput) {
  const stream = window.open('query.run', wanted)
  expect(await stream.ended).toBeNull()
  const failed = stream.events.find((event) => event.type === 'statementFailed')
  const started = stream.events.filter((event) => event.type === 'statementStarted').length
  const last = stream.events.at(-1)
  return {
    outcome: last?.type === 'runEnded' ? last.outcome : 'none',
    started,
    why: failed?.failure.kind === 'refused' ? failed.failure.issues[0]?.path : (failed?.failure.kind ?? null),
  }
}

async function checked(wanted: RunInput) {
  const { statementTimeoutMs: _, confirmation: __, ...asked } = wanted
  const stream = window.open('query.check', asked)
  expect(await stream.ended).toBeNull()
  const [first, ...estimates] = stream.events as readonly CheckEvent[]
  if (first?.type !== 'scriptChecked') throw new Error('nothing was checked')
  return { ...first, estimates: estimates.flatMap((event) => (event.type === 'rowsEstimated' ? [event.rows] : [])) }
}

const REFUSED = { outcome: 'failed', started: 0, why: 'confirmation' }
const rowCount = async () => (await database.query('select count(*)::int as n from orders')).rows[0]?.n

describe('a run on production that nobody was asked about', () => {
  it.each([
    ['DDL', 'create table sneaked (id int)'],
    ['DELETE without WHERE', 'delete from orders'],
    ['the second of two statements', 'select 1; delete from orders'],
    ['the second of two statements, as DDL', 'select 1; drop table orders'],
    ['a CTE', 'with gone as (delete from orders returning 1) select count(*) from gone'],
    ['DO', 'do $$ begin delete from orders; end $$'],
    ['EXECUTE', 'prepare gone as select 1; execute other'],
    ['EXPLAIN ANALYZE', 'explain analyze delete from orders'],
    ['a COMMIT in between', 'begin; select 1; commit; truncate orders'],
    ['a statement that cannot be read', 'delete from orders where :unbound'],
  ])('is refused before anything of it runs: %s', async (_, script) => {
    expect(await ran(input(script))).toEqual(REFUSED)
    expect(await rowCount()).toBe(12_400)
  })

  it('says what asks, where, and that nothing was run', async () => {
    const stream = window.open('query.run', input('select 1; delete from orders; truncate orders'))
    await stream.ended

    expect(stream.events[1]).toMatchObject({
      type: 'statementFailed',
      statement: 1,
      place: { from: 10, to: 28 },
      failure: {
        issues: [
          {
            message: `This asks before it is run on the production database ${database.name}: DELETE without WHERE. It removes every row of orders. So does one more. Nothing was run.`,
          },
        ],
      },
    })
  })

  it('is in the history as refused', async () => {
    await ran(input('truncate orders -- for the history'))

    const { entries } = await window.get('history.search', { words: 'for the history', profileId: null, from: 0 })
    expect(entries.map(({ outcome }) => outcome)).toEqual(['refused'])
  })

  it('runs when nothing in it asks', async () => {
    expect(await ran(input('select 1; update orders set paid = true where id = 1'))).toMatchObject({
      outcome: 'complete',
    })
  })
})

describe('a confirmation', () => {
  const script = 'select 1; delete from empty'

  it('lets run exactly what was shown', async () => {
    const { confirmation } = await checked(input(script))

    expect(await ran(input(script, { confirmation }))).toMatchObject({ outcome: 'complete', started: 2 })
  })

  it('is good once', async () => {
    const { confirmation } = await checked(input(script))
    await ran(input(script, { confirmation }))

    expect(await ran(input(script, { confirmation }))).toEqual(REFUSED)
  })

  it.each<[string, Partial<RunInput>]>([
    ['another script', { script: 'select 1; delete from orders' }],
    ['another part of it', { range: { from: 10, to: 27 } }],
    ['another way to commit', { commitMode: 'manual' }],
    ['other values', { parameters: [{ name: ':id', value: '1' }] }],
    ['another way with failures', { onFailure: 'continue' }],
  ])('is not good for %s', async (_, change) => {
    const { confirmation } = await checked(input(script))

    expect(await ran(input(script, { ...change, confirmation }))).toEqual(REFUSED)
  })

  it('is not good in another session', async () => {
    const { confirmation } = await checked(input(script))
    const other = await openSession(production)

    expect(await ran(input(script, { sessionId: other, confirmation }))).toEqual(REFUSED)
  })

  it.each([
    ['was read-only', { environment: 'production', isReadOnly: true }],
    ['was no production', { environment: 'development', isReadOnly: false }],
  ] as const)('is not good when the connection %s as it was given', async (_, { environment, isReadOnly }) => {
    const draft = { ...aDraft({ target: database.target }), name: 'changing' }
    const before = { ...draft, environment, settings: { ...SETTINGS_DEFAULTS, isReadOnly } }
    const { id } = await window.get('profile.save', { draft: before })
    engine.passwords.set(id, database.password)
    const session = await openSession(id)
    const wanted = input(script, { sessionId: session })
    const { confirmation, dangerCount } = await checked(wanted)
    await window.get('profile.save', {
      draft: { ...draft, id, environment: 'production', settings: SETTINGS_DEFAULTS },
    })

    expect([dangerCount, await ran({ ...wanted, confirmation })]).toEqual([0, REFUSED])
  })

  it('cannot be made up', async () => {
    const { confirmation } = await checked(input('select 1'))
    const madeUp = confirmation.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')) as typeof confirmation

    expect(await ran(input('delete from orders', { confirmation: madeUp }))).toEqual(REFUSED)
  })
})

describe('a check', () => {
  it('names the database and each dangerous statement', async () => {
    const {
      database: name,
      statements,
      dangers,
      dangerCount,
    } = await checked(input('select 1; truncate orders; drop table empty'))

    expect([
      name,
      statements,
      dangerCount,
      dangers.map(({ title, text, statement }) => [statement, title, text]),
    ]).toEqual([
      database.name,
      3,
      2,
      [
        [1, 'TRUNCATE', 'truncate orders'],
        [2, 'DROP TABLE', 'drop table empty'],
      ],
    ])
  })

  it.each<[string, string, number | null, Partial<RunInput>?]>([
    ['DELETE without WHERE', 'delete from orders', 12_400],
    ['UPDATE without WHERE', 'update orders set paid = true', 12_400],
    [
      'a DELETE in a CTE',
      'with gone as (delete from orders where id <= 6200 returning 1) select count(*) from gone',
      6_200,
    ],
    ['a MERGE', 'merge into orders using empty on true when matched then delete', null],
    ['EXPLAIN ANALYZE', 'explain (analyze, verbose) delete from orders where id = 5', 1],
    ['TRUNCATE', 'truncate orders', 12_400],
    ['DROP TABLE', 'drop table public.orders', 12_400],
    ['ALTER TABLE', 'alter table orders add column x int', 12_400],
    [
      'values of parameters',
      'explain analyze delete from orders where id < :top',
      100,
      { parameters: [{ name: ':top', value: '101' }] },
    ],
    ['a table that is not there', 'truncate nowhere', null],
  ])('estimates the rows of %s', async (_, script, rows, change) => {
    const { estimates } = await checked(input(script, change))

    const [estimated] = estimates
    const isNear = rows === null || (typeof estimated === 'number' && Math.abs(estimated - rows) <= rows / 20)
    expect([estimates.length, estimated, isNear]).toEqual([
      1,
      script.startsWith('merge') ? expect.any(Number) : rows === null ? null : expect.any(Number),
      true,
    ])
  })

  it('leaves the transaction of the tab as it is, and knows its search_path', async () => {
    await database.query(
      'create schema if not exists shop; create table shop.only_here (id int); grant usage on schema shop to app; alter table shop.only_here owner to app',
    )
    await ran(input('set search_path = shop; begin; select 1'))

    const { estimates } = await checked(input('truncate only_here'))

    expect([
      estimates.length,
      typeof estimates[0],
      await ran(input('select 1; commit; reset search_path')),
    ]).toMatchObject([1, 'number', { outcome: 'complete' }])
  })

  it('has no estimate of what only the transaction of the tab knows', async () => {
    const made = input('begin; create table unseen (id int)')
    const { confirmation } = await checked(made)
    await ran({ ...made, confirmation })

    const { estimates } = await checked(input('delete from unseen'))

    expect([estimates, await ran(input('rollback'))]).toMatchObject([[null], { outcome: 'complete' }])
  })

  it('asks for nothing where it is not production', async () => {
    const staging = await openSession(await save('staging'))
    const wanted = input('delete from empty', { sessionId: staging })

    const { dangers } = await checked(wanted)

    expect([dangers, await ran(wanted)]).toMatchObject([[], { outcome: 'complete' }])
  })
})

describe('start-up SQL on production', () => {
  const opening = async (environment: Environment, startupSql: string) => {
    const draft = aDraft({ environment, target: database.target, settings: { ...SETTINGS_DEFAULTS, startupSql } })
    const { id } = await window.get('profile.save', { draft })
    engine.passwords.set(id, database.password)
    tabs += 1
    const reply = await window.ask('session.open', { profileId: id, tabId: `tab-${tabs}` as TabId }) // the window mints tab ids
    return replyFailure(reply)
  }

  it.each([
    ['set work_mem = 4096;\ndelete from orders', 'line 2: DELETE without WHERE.'],
    ['do $$ begin delete from orders; end $$', 'line 1: DO.'],
    ['select :nobody', 'line 1: Not understood.'],
    ['update orders set paid = true where id = 1; copy orders from stdin', 'line 1: '],
  ])('that asks is not run, and no session is open without it: %s', async (startupSql, words) => {
    const failure = await opening('production', startupSql)

    expect(failure).toMatchObject({ kind: 'connection', message: expect.stringContaining(words) })
    expect(await rowCount()).toBe(12_400)
  })

  it('is run where nothing in it asks, and elsewhere', async () => {
    expect([
      await opening('production', "set work_mem = 4096; select set_config('a.b', 'c', false)"),
      await opening('production', '-- nothing :yet'),
      await opening('staging', 'delete from orders where id = 0; do $$ begin end $$'),
    ]).toEqual([null, null, null])
  })
})

describe('a profile that is read-only', () => {
  it('has its statements kept from writing by the server', async () => {
    const readOnly = await openSession(await save('development', true))

    const stream = window.open(
      'query.run',
      input('update orders set paid = true where id = 1', { sessionId: readOnly }),
    )
    await stream.ended

    expect(stream.events.find((event) => event.type === 'statementFailed')).toMatchObject({
      failure: { code: '25006' },
    })
  })

  it('refuses what would write besides, and says why', async () => {
    const profileId = await save('development', true)
    const texts = { up: 'create table t ()', down: 'drop table t' }
    const failures = [
      await window.openAnything('migration.run', { profileId, action: { kind: 'apply all' }, digest: '' }).ended,
      await window.open('migration.rehearse', { profileId, name: null, place: 'database' }).ended,
      await window.open('migration.draft', { profileId, text: texts.up }).ended,
      await window.open('migration.draftDrift', { profileId }).ended,
      await window.open('migration.rehearseDraft', { profileId, ...texts, isDone: false }).ended,
      replyFailure(await window.ask('migration.acceptDrift', { profileId, checksum: '' })),
      replyFailure(await window.ask('migration.accept', { profileId, name: 'a' as never, checksum: '' })),
    ]

    const words = expect.stringContaining('This connection is read-only')
    expect(failures).toEqual(failures.map(() => ({ kind: 'refused', issues: [{ path: 'profileId', message: words }] })))
  })
})

function replyFailure(reply: Reply<unknown>): Failure | null {
  return reply.ok ? null : reply.failure
}
