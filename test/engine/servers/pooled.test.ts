import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import { openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { POOL_SIZE, type Pooler, poolerMissing, startPooler } from '../../support/pgbouncer'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

const TAB = 'tab-1' as TabId // branded here: the window mints tab ids

describe.skipIf(poolerMissing !== null)('a server behind PgBouncer in transaction mode', () => {
  let pooler: Pooler
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  beforeAll(async () => {
    pooler = await startPooler(inject('cluster'))
    database = await createDatabase('app')
    await database.query('set role app; create schema shop; create table shop.orders (id int primary key)')
    engine = await startTestEngine()
    window = engine.openWindow()
    const target = { ...database.target, port: pooler.port }
    const draft = { id: null, name: 'Pooled', folder: '', environment: 'production', target } as const
    profileId = (await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })).id
    engine.passwords.set(profileId, database.password)
  })
  afterAll(async () => {
    await engine?.stop()
    await pooler?.stop()
    await database?.drop()
  })

  const settings = `select current_setting('search_path'), current_setting('statement_timeout'),
    current_setting('client_connection_check_interval'), current_setting('client_encoding'), pg_sleep(0.2)`

  it('is known as pooled, is read, runs and cancels, and other clients find their settings as they were', async () => {
    const { server } = await window.get('profile.open', { profileId })
    const { sessionId, server: ofTab } = await window.get('session.open', { profileId, tabId: TAB })
    const run = (script: string, statementTimeoutMs: number | null = null) =>
      window.open('query.run', { sessionId, script, range: null, commitMode: 'auto', statementTimeoutMs })
    const catalogs = await Promise.all([1, 2, 3, 4].map(() => window.get('catalog.read', { profileId })))
    const orders = catalogs[0]?.schemas.flatMap(({ relations }) => relations).find(({ name }) => name === 'orders')
    const detail = await window.get('catalog.describe', { profileId, oid: orders?.oid ?? 0 })
    const timed = run(`begin; select current_setting('statement_timeout'); commit; select 1`, 7_000)
    await timed.ended
    const slow = run('select pg_sleep(30)')
    await slow.until(({ type }) => type === 'statementStarted')
    await expect
      .poll(async () => (await database.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).rowCount)
      .toBe(1)
    await window.get('query.cancel', { sessionId })
    await slow.ended

    // All server connections at once: each of ours was one of them.
    const others = await Promise.all(
      Array.from({ length: POOL_SIZE }, async () => {
        const session = await openTestSession(database, { target: { ...database.target, port: pooler.port } })
        const { rows } = await session.query(settings)
        await session.end()
        return rows[0]?.slice(0, 4)
      }),
    )

    expect([server.isPooled, ofTab.isPooled]).toEqual([true, true])
    expect(detail.columns.map(({ name, isPrimaryKey }) => [name, isPrimaryKey])).toEqual([['id', true]])
    expect([timed.events.at(-1), slow.events.at(-1)]).toMatchObject([{ outcome: 'complete' }, { outcome: 'cancelled' }])
    expect(new Set(others.map(String))).toEqual(new Set(['"$user", public,0,0,UTF8']))
  })
})
