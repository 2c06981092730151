import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import type { SessionId } from '../../../contract/session'
import type { TabId } from '../../../contract/workspace'
import { filesWith } from '../../support/app-files'
import { aDraft } from '../../support/builders'
import { createDatabase } from '../../support/database'
import { asSuperuser, type TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

describe('runs that the engine records', () => {
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  let sessionId: SessionId
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    engine = await startTestEngine()
    window = engine.openWindow()
    const draft = aDraft({ target: database.target })
    profileId = (await window.get('profile.save', { draft })).id
    engine.passwords.set(profileId, database.password)
    sessionId = (await window.get('session.open', { profileId, tabId: 'tab-1' as TabId })).sessionId
  })
  afterEach(() => engine.stop())

  const start = (script: string, range: { from: number; to: number } | null = null) =>
    window.open('query.run', { sessionId, script, range, commitMode: 'auto' })
  const entries = async (words = '') =>
    (await window.get('history.search', { words, profileId: null, from: 0 })).entries
  const last = async () => {
    const [entry] = await entries()
    if (entry === undefined) throw new Error('The history is empty.')
    return entry
  }
  const textOf = async () => (await window.get('history.read', { id: (await last()).id })).text

  it('keeps a run with its time, its rows and where it ran', async () => {
    const before = new Date().toISOString()

    await start('select * from generate_series(1, 12)').ended

    const entry = await last()
    expect(entry).toEqual({
      id: expect.any(String),
      profileId,
      profileName: 'Shop',
      host: database.target.host,
      database: database.target.database,
      role: 'app',
      startedAt: expect.any(String),
      elapsedMs: expect.any(Number),
      outcome: 'complete',
      message: null,
      line: 'select * from generate_series(1, 12)',
      statements: 1,
      rows: 12,
      isMasked: false,
    })
    expect(entry.startedAt >= before).toBe(true)
  })

  it('keeps a failed run with the first line of its error', async () => {
    await start('select nothing_here').ended

    expect(await last()).toMatchObject({
      outcome: 'failed',
      message: 'ERROR: column "nothing_here" does not exist',
      rows: null,
    })
  })

  it('keeps a cancelled run with the rows that had come', async () => {
    const stream = start('select 1; select pg_sleep(600)')
    await stream.until((event) => event.type === 'statementStarted' && event.statement === 1)

    await window.get('query.cancel', { sessionId })
    await stream.ended

    expect(await last()).toMatchObject({ outcome: 'cancelled', statements: 2, rows: 1, message: null })
  })

  it('keeps a run that lost its connection', async () => {
    const stream = start('select pg_sleep(600)')
    await stream.until((event) => event.type === 'statementStarted')

    await asSuperuser(inject('cluster'), database.target.database, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(600)' and pid <> pg_backend_pid()`,
      ),
    )
    await stream.ended

    expect(await last()).toMatchObject({ outcome: 'lost', message: expect.stringMatching(/./) })
  })

  it('keeps a script that was refused before anything ran', async () => {
    await start("select 1; select 'open").ended

    expect(await last()).toMatchObject({
      outcome: 'refused',
      message: 'A quoted string is never closed. Nothing was run.',
    })
  })

  it('keeps a run whose tab was closed as cancelled', async () => {
    const stream = start('select pg_sleep(600)')
    await stream.until((event) => event.type === 'statementStarted')

    await window.get('session.close', { sessionId })

    await expect.poll(async () => (await last()).outcome).toBe('cancelled')
  })

  it('shows a run in progress as running', async () => {
    const stream = start('select pg_sleep(600)')
    await stream.until((event) => event.type === 'statementStarted')

    const { outcome, elapsedMs } = await last()

    await window.get('query.cancel', { sessionId })
    await stream.ended
    expect([outcome, elapsedMs]).toEqual(['running', null])
  })

  it('keeps a script of many statements as one entry, cut at 100 KB', async () => {
    const script = `select ${'1 + '.repeat(30)}1;\n`.repeat(1_000)

    await start(script).ended

    const { total } = await window.get('history.search', { words: '', profileId: null, from: 0 })
    const { text, unitsLeftOut } = await window.get('history.read', { id: (await last()).id })
    expect([total, (await last()).statements, text.length, unitsLeftOut]).toEqual([
      1,
      1_000,
      102_400,
      130_000 - 102_400,
    ])
  })

  it('keeps the range that ran, not the script around it', async () => {
    await start('select 1; select 2; select 3', { from: 10, to: 18 }).ended

    expect(await textOf()).toBe('select 2')
  })

  it('keeps reruns apart', async () => {
    await start('select 1').ended
    await start('select 1').ended

    expect((await entries()).map((entry) => entry.line)).toEqual(['select 1', 'select 1'])
  })

  it('announces a run when it begins and when it has ended', async () => {
    const stream = start('select 1')
    await stream.ended

    await expect.poll(() => window.announced.filter(({ name }) => name === 'history.changed').length).toBe(2)
  })

  it('forgets the runs of a removed profile', async () => {
    await start('select 1').ended

    await window.get('profile.remove', { profileId })

    expect(await entries()).toEqual([])
  })

  it('never writes a password down, nor what the server says about it', async () => {
    const scripts = [
      "alter role nobody_at_all password 'sesame-4711'",
      'alter role nobody_at_all password sesame4711',
      `do $$ begin execute 'alter role nobody_at_all password ''sesame-4711'''; end $$`,
      "select dblink_connect('host=h password=sesame-4711')",
      "select 'postgres://bob:sesame-4711@example.com/db'::int",
      "create user mapping for nobody server nowhere options (password 'sesame-4711')",
      "select set_config('app.password', 'sesame-4711', false), pg_typeof(1)::text::int",
    ]

    for (const script of scripts) await start(script).ended

    const kept = await entries()
    await engine.engine.services.history.close()
    const found = [
      ...(await filesWith(engine.userData, 'sesame-4711')),
      ...(await filesWith(engine.userData, 'sesame4711')),
    ]
    expect([kept.length, kept.filter((entry) => entry.isMasked).length]).toEqual([7, 7])
    expect({ found: found.length, messages: JSON.stringify(kept).includes('sesame') }).toEqual({
      found: 0,
      messages: false,
    })
  })

  it('never keeps the value of a parameter', async () => {
    const { history } = engine.engine.services
    const input = { script: 'select :token', range: null, parameters: [{ name: 'token', value: 'sesame-4711' }] }
    const place = { profileId, database: 'shop', role: 'app', hasStandardStrings: true }

    await history.record(input, place, { send: () => {}, isClosed: false, onClose: () => {} }, async () => {})

    const { id } = await last()
    expect(await window.get('history.read', { id })).toMatchObject({ text: 'select :token', parameters: ['token'] })
    expect(await filesWith(engine.userData, 'sesame-4711')).toEqual([])
  })
})
