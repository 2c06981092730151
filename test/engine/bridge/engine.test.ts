import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { engineContract } from '../../../contract/contract'
import type { ProfileId, Target } from '../../../contract/profile'
import { runEvent } from '../../../contract/query'
import { RowWindow } from '../../../contract/row-window'
import type { TabId } from '../../../contract/workspace'
import { aDraft, aTarget } from '../../support/builders'
import { createDatabase } from '../../support/database'
import { asSuperuser, type TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

const aTabId = 'tab-1' as TabId // branded here: the window mints tab ids
const ENDLESS = `select generate_series(1, 2000000000), repeat('x', 100)`

describe('the engine through its port', () => {
  let database: TestDatabase
  let folder: string
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  beforeAll(async () => {
    database = await createDatabase('app')
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-migrations-'))
    engine = await startTestEngine()
    window = engine.openWindow()
    profileId = await save(database.target)
    engine.passwords.set(profileId, database.password)
  })
  afterEach(async () => {
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const save = async (target: Target) => {
    const draft = aDraft({ target })
    return (await window.get('profile.save', { draft })).id
  }
  const openSession = (tab: TabId = aTabId) => window.get('session.open', { profileId, tabId: tab })
  const run = (sessionId: Awaited<ReturnType<typeof openSession>>['sessionId'], script: string) =>
    window.open('query.run', { sessionId, script, range: null, commitMode: 'auto' })
  const stateOf = async (pid: number) =>
    (await database.query('select state from pg_stat_activity where pid = $1', [pid])).rows[0]?.state

  it('runs a script, hands out its rows, and frees them', async () => {
    const { sessionId } = await openSession()
    const stream = run(sessionId, `select i, null, repeat('😀', 2000) from generate_series(1, 500) i`)
    const arrived = await stream.until((event) => event.type === 'columnsArrived')
    if (arrived.type !== 'columnsArrived') throw new Error('no columns')
    const { resultId } = arrived

    expect(await stream.ended).toBeNull()
    const packed = await window.get('result.window', { resultId, from: 400, count: 200 })
    const rows = new RowWindow(packed)
    const cell = await window.get('result.cell', { resultId, row: 7, column: 2, from: 0 })
    await window.get('result.release', { resultIds: [resultId] })

    expect([rows.rowCount, rows.text(0, 0), rows.isNull(0, 1), rows.fullBytes(0, 2)]).toEqual([100, '401', true, 8000])
    expect(packed.buffer.byteLength).toBe(packed.byteLength)
    expect(Buffer.from(cell.bytes).toString()).toBe('😀'.repeat(2000))
    expect(stream.events.map((event) => runEvent.safeParse(event).success)).not.toContain(false)
    expect(await window.ask('result.window', { resultId, from: 0, count: 1 })).toMatchObject({
      ok: false,
      failure: { kind: 'refused' },
    })
  })

  it('fact 1: hands a failure of the server over whole', async () => {
    const { sessionId } = await openSession()

    const stream = run(sessionId, 'select nothing_here')
    await stream.ended

    expect(stream.events.find((event) => event.type === 'statementFailed')).toMatchObject({
      failure: { kind: 'postgres', severity: 'ERROR', code: '42703', position: 8 },
    })
  })

  it('says why a session cannot be opened, and asks for the password of exactly that target', async () => {
    engine.passwords.delete(profileId)

    const reply = await window.ask('session.open', { profileId, tabId: aTabId })

    expect(reply).toMatchObject({
      ok: false,
      failure: { kind: 'connection', reason: 'authentication', secret: { kind: 'password', state: 'missing' } },
    })
    expect(engine.asked.at(-1)).toEqual({ profileId, kind: 'password', target: database.target })
  })

  it('keeps a run that found no session in the history, unless it only waits for a password', async () => {
    const before = await save({ ...database.target, port: 1 })
    const wanted = { script: 'select 1; select 2', range: { from: 10, to: 18 } }
    await window.ask('session.open', { profileId: before, tabId: aTabId, wanted })
    engine.passwords.delete(profileId)
    await window.ask('session.open', { profileId, tabId: aTabId, wanted })

    const { entries } = await window.get('history.search', { words: '', profileId: null, from: 0 })

    expect(entries).toMatchObject([
      { profileId: before, outcome: 'failed', line: 'select 2', message: expect.stringContaining('Nothing accepts') },
    ])
  })

  it('keeps for a window that was reloaded what waits for a COMMIT', async () => {
    const { sessionId } = await openSession()
    const manual = { sessionId, range: null, commitMode: 'manual' } as const
    await window.open('query.run', { ...manual, script: 'create temp table t (i int); insert into t values (1), (2)' })
      .ended
    await window.open('query.run', { ...manual, script: 'delete from t' }).ended

    const [remains] = await window.get('query.remains', { profileId })

    // What the last run did is heard again.
    expect(remains?.transaction).toMatchObject({
      status: 'open',
      uncommitted: { statements: 2, rows: 2, isAtMost: false },
    })
  })

  it('names the types of a result that are not built in', async () => {
    await database.query(`create type public.size as enum ('s', 'm')`)
    const { sessionId } = await openSession()

    const stream = run(sessionId, `select 'm'::size, 1`)
    const named = await stream.until((event) => event.type === 'columnTypesNamed')

    expect(named).toMatchObject({ columns: [{ typeName: 'public.size' }, { typeName: 'int4' }] })
    await stream.ended
  })

  it('refuses a second run in a session that still runs, and none after it', async () => {
    const { sessionId } = await openSession()
    const first = run(sessionId, 'select pg_sleep(600)')
    await first.until((event) => event.type === 'statementStarted')

    const second = await run(sessionId, 'select 1').ended
    await window.get('query.cancel', { sessionId })
    await first.ended

    expect(second).toMatchObject({ kind: 'refused', issues: [{ path: 'sessionId' }] })
    expect(first.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'cancelled' })
    expect(await run(sessionId, 'select 1').ended).toBeNull()
  })

  it('ends the query of a tab that is closed', async () => {
    const { sessionId, backendPid } = await openSession()
    const stream = run(sessionId, ENDLESS)
    await stream.until((event) => event.type === 'rowsCounted')

    await window.get('session.close', { sessionId })

    await expect.poll(() => stateOf(backendPid)).toBeUndefined()
  })

  describe('a window that goes away', () => {
    it('leaves its query running, which the next one hears from the first event on and can cancel', async () => {
      const first = engine.openWindow()
      const { sessionId, backendPid } = await openSession()
      const script = `select i from generate_series(1, 500) i; select pg_sleep(600)`
      const stream = first.open('query.run', { sessionId, script, range: null, commitMode: 'manual' })
      await stream.until((event) => event.type === 'statementStarted' && event.statement === 1)

      first.close()
      stream.close()
      const [remains] = await window.get('query.remains', { profileId })
      const followed = window.open('query.follow', { profileId, tabId: aTabId })
      await followed.until((event) => event.type === 'statementStarted' && event.statement === 1)
      const state = await stateOf(backendPid)
      await window.get('query.cancel', { sessionId })
      await followed.ended

      expect(state).toBe('active')
      expect(remains).toMatchObject({
        tabId: aTabId,
        session: { sessionId, backendPid },
        transaction: { status: 'open' },
        commitMode: 'manual',
        hasRun: true,
        loss: null,
      })
      expect(followed.events.map(({ type }) => type)).toEqual([
        'runAttached',
        'scriptSplit',
        'transactionReported',
        'statementStarted',
        'columnsArrived',
        'rowsCounted',
        'statementCompleted',
        'statementStarted',
        'columnsArrived',
        'rowsCounted',
        'statementFailed',
        'transactionReported',
        'runEnded',
      ])
      expect(followed.events.at(-1)).toMatchObject({ outcome: 'cancelled' })
    })

    it('leaves the rows of its last run to the next one', async () => {
      const { sessionId } = await openSession()
      await run(sessionId, `select i from generate_series(1, 500) i`).ended

      const followed = window.open('query.follow', { profileId, tabId: aTabId })
      await followed.ended

      const counted = followed.events.find((event) => event.type === 'rowsCounted')
      if (counted?.type !== 'rowsCounted' || counted.firstPage === null) throw new Error('no first page')
      const { resultId, rows, firstPage } = counted
      const last = await window.get('result.window', { resultId, from: 499, count: 1 })
      expect([rows, new RowWindow(firstPage).text(0, 0), new RowWindow(last).text(0, 0)]).toEqual([500, '1', '500'])
    })

    it('leaves a lost session with what became of its transaction', async () => {
      const { sessionId, backendPid } = await openSession()
      await run(sessionId, 'begin; select 1').ended
      await database.query('select pg_terminate_backend($1)', [backendPid])
      await expect.poll(() => window.announced.map(({ name }) => name)).toContain('session.lost')

      const [remains] = await window.get('query.remains', { profileId })

      expect(remains).toMatchObject({
        session: null,
        hasRun: true,
        loss: { sessionId, backendPid, transaction: 'rolled back', failure: { code: '57P01' } },
      })
    })

    it('leaves nothing of a tab that is closed', async () => {
      const { sessionId } = await openSession()
      await run(sessionId, 'select 1').ended

      await window.get('session.close', { sessionId })

      expect(await window.get('query.remains', { profileId })).toEqual([])
      expect(await window.open('query.follow', { profileId, tabId: aTabId }).ended).toMatchObject({ kind: 'refused' })
    })

    it('leaves the open profile to the next one until it is closed', async () => {
      await window.get('profile.open', { profileId })
      const before = await window.get('profile.opened', {})

      await window.get('profile.close', { profileId })

      expect([before, await window.get('profile.opened', {})]).toEqual([profileId, null])
    })
  })

  it('goes on with a migration run whose stream is closed', async () => {
    await writeFile(join(folder, '1_slow.up.sql'), 'create table slow_one (); select pg_advisory_lock(77);')
    await writeFile(join(folder, '1_slow.down.sql'), 'drop table slow_one')
    await engine.engine.setMigrationFolder(profileId, folder)
    const action = { kind: 'apply all' } as const
    const { digest } = await window.get('migration.plan', { profileId, action })

    await asSuperuserWithLock(async () => {
      const stream = window.open('migration.run', { profileId, action, digest })
      await stream.until((event) => event.type === 'runStarted')
      await untilSomebodyWaits()
      stream.close()
    })

    const state = async () => {
      const { migrations } = await window.get('migration.list', { profileId })
      return migrations.map((each) => [each.name, each.state])
    }
    await expect.poll(state, { timeout: 10_000 }).toEqual([['1_slow', 'applied']])
    await database.query('drop schema strata cascade; drop table slow_one')
  })

  const asSuperuserWithLock = (work: () => Promise<void>) =>
    asSuperuser(inject('cluster'), database.name, async (client) => {
      await client.query('select pg_advisory_lock(77)')
      await work()
    })
  const untilSomebodyWaits = () =>
    expect
      .poll(async () => {
        const sql = `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and objid = 77 and not granted`
        return (await database.query(sql)).rows[0]?.waiting
      })
      .toBe(1)

  it('tells every window of what happened, and of a session that was lost', async () => {
    const second = engine.openWindow()
    const { sessionId, backendPid } = await openSession()
    await window.get('catalog.read', { profileId })

    const names = (each: TestWindow) => each.announced.flatMap(({ name }) => (name === 'history.changed' ? [] : [name]))
    await run(sessionId, 'create table announced ()').ended
    await expect.poll(() => names(window)).toContain('catalog.changed')
    await database.query('select pg_terminate_backend($1)', [backendPid])

    await expect.poll(() => names(window)).toEqual(['profile.changed', 'catalog.changed', 'session.lost'])
    await expect.poll(() => names(second)).toEqual(['catalog.changed', 'session.lost'])
    const lost = second.announced.at(-1)?.value
    expect(engineContract['session.lost'].value.parse(lost)).toMatchObject({ sessionId, profileId })
    await database.query('drop table announced')
  })

  it('ends everything of a profile that is closed', async () => {
    await window.get('profile.open', { profileId })
    await window.get('catalog.read', { profileId })
    const { sessionId } = await openSession()
    const stream = run(sessionId, ENDLESS)
    const counted = await stream.until((event) => event.type === 'rowsCounted')
    if (counted.type !== 'rowsCounted') throw new Error('no rows')

    await window.get('profile.close', { profileId })

    await stream.ended
    const sql = `select count(*)::int as open from pg_stat_activity where datname = $1 and application_name like 'Strata%'`
    await expect.poll(async () => (await database.query(sql, [database.name])).rows[0]?.open).toBe(0)
    expect(await window.ask('query.cancel', { sessionId })).toMatchObject({ ok: false, failure: { kind: 'refused' } })
    expect(await window.ask('result.window', { resultId: counted.resultId, from: 0, count: 1 })).toMatchObject({
      ok: false,
      failure: { kind: 'refused' },
    })
  })

  it('answers in the shapes of the contract', async () => {
    const tabId = aTabId
    const tabs = [{ tabId, title: 'Query 1', kind: { type: 'query' }, caret: 3 }] as const
    await window.get('workspace.writeTabs', { profileId, tabs: [...tabs], activeTabId: tabId })
    await window.get('workspace.writeText', { profileId, tabId, text: 'select 1' })
    const session = await openSession()

    const answers = {
      'profile.list': await window.get('profile.list', {}),
      'profile.open': await window.get('profile.open', { profileId }),
      'profile.test': await window.get('profile.test', {
        target: database.target,
        secrets: [{ kind: 'password', secret: database.password }],
        profileId: null,
      }),
      'session.open': session,
      'catalog.read': await window.get('catalog.read', { profileId }),
      'migration.list': await window.get('migration.list', { profileId }),
      'workspace.read': await window.get('workspace.read', { profileId }),
    }

    for (const [name, answer] of Object.entries(answers)) {
      const { output } = engineContract[name as keyof typeof answers]
      expect([name, output.safeParse(answer).error]).toEqual([name, undefined])
    }
    expect(answers['workspace.read']).toMatchObject({ tabs: [{ ...tabs[0], text: 'select 1' }], activeTabId: tabId })
  })

  it('never lets a password out, nor writes one down', async () => {
    const secret = 'hunter2-never-seen'
    engine.passwords.set(profileId, secret)
    const replies = [
      await window.ask('session.open', { profileId, tabId: aTabId }),
      await window.ask('profile.test', { target: database.target, secrets: [{ kind: 'password', secret }], profileId }),
      await window.ask('profile.list', {}),
      await window.askAnything('session.open', { profileId, password: secret }),
    ]

    const written = await readFile(engine.logFile, 'utf8').catch(() => '')

    expect(replies.map((reply) => reply.ok)).toEqual([false, true, true, false])
    expect(JSON.stringify(replies) + written).not.toContain(secret)
  })

  it('reports a connection that cannot be made instead of failing', async () => {
    const reply = await window.ask('profile.test', { target: aTarget(), secrets: [], profileId: null })

    expect(reply).toMatchObject({ ok: true, value: { failure: { reason: 'refused' }, serverVersion: null } })
  })

  it('leaves nothing of a profile that is removed', async () => {
    const tabId = 'tab-1' as TabId // branded here: the window mints tab ids
    await window.get('workspace.writeText', { profileId, tabId, text: 'select 1' })

    await window.get('profile.remove', { profileId })

    expect(await window.get('profile.list', {})).toEqual([])
    expect(engine.passwords.has(profileId)).toBe(false)
    const file = join(engine.userData, 'workspaces', `${profileId}.journal`)
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
