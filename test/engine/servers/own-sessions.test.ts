import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { SessionFacts } from '../../../contract/session'
import type { TabId } from '../../../contract/workspace'
import { type Cluster, startCluster } from '../../support/cluster'
import { createDatabaseOn, type TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

const tab = (name: string) => name as TabId // branded here: the window mints tab ids

describe('a server with few connections', () => {
  let cluster: Cluster
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  const open = (name: string) => window.get('session.open', { profileId, tabId: tab(name) })
  const run = async ({ sessionId }: SessionFacts, script: string) => {
    const stream = window.open('query.run', { sessionId, script, range: null, commitMode: 'auto' })
    await stream.ended
  }
  beforeAll(async () => {
    cluster = await startCluster({ max_connections: '8', superuser_reserved_connections: '3', max_wal_senders: '0' })
    database = await createDatabaseOn(cluster.facts, 'app')
    engine = await startTestEngine()
    window = engine.openWindow()
    const draft = { id: null, name: 'Small', folder: '', environment: 'development', target: database.target } as const
    profileId = (await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })).id
    engine.passwords.set(profileId, database.password)
  })
  afterAll(async () => {
    await engine?.stop()
    await cluster?.stop()
  })

  it('holds two connections for a profile and a tab at rest', async () => {
    await window.get('profile.open', { profileId })
    await window.get('catalog.read', { profileId })
    await window.get('migration.list', { profileId })
    await window.get('migration.drift', { profileId })
    const first = await open('rest')
    await run(first, 'select 1')

    const used = () => database.query(`select application_name from pg_stat_activity where usename = 'app' order by 1`)
    await expect
      .poll(async () => (await used()).rows.map((row) => row.application_name))
      .toEqual(['Strata', 'Strata catalog'])
    await window.get('session.close', { sessionId: first.sessionId })
  })

  it('says that it is full, which sessions are ours, and takes another one when idle ones were closed', async () => {
    const [idle, held, alsoIdle, busy] = [
      await open('idle'),
      await open('held'),
      await open('also-idle'),
      await open('busy'),
    ]
    await run(held, 'begin; select 1')
    const running = window.open('query.run', {
      sessionId: busy.sessionId,
      script: 'select pg_sleep(60)',
      range: null,
      commitMode: 'auto',
    })
    await running.until(({ type }) => type === 'statementStarted')

    const refused = await window.ask('session.open', {
      profileId,
      tabId: tab('new'),
      wanted: { script: 'select 1', range: null },
    })
    const own = await window.get('session.own', { profileId })
    const sessionIds = own.flatMap(({ sessionId }) => sessionId ?? [])
    const { closed } = await window.get('session.closeIdle', { sessionIds })
    await expect.poll(async () => (await window.ask('session.open', { profileId, tabId: tab('new') })).ok).toBe(true)

    expect(refused).toMatchObject({
      ok: false,
      failure: {
        kind: 'connection',
        reason: 'rejected',
        code: '53300',
        advice: expect.stringContaining('administrators'),
      },
    })
    expect(own.map(({ tabId, state, profileName }) => [tabId, state, profileName])).toEqual(
      expect.arrayContaining([
        ['idle', 'idle', 'Small'],
        ['also-idle', 'idle', 'Small'],
        ['held', 'in transaction', 'Small'],
        ['busy', 'running', 'Small'],
        [null, 'idle', 'Small'],
      ]),
    )
    expect(new Set(closed)).toEqual(new Set([idle.sessionId, alsoIdle.sessionId]))
    const { entries } = await window.get('history.search', { words: '', profileId, from: 0 })
    expect(entries.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    await window.get('query.cancel', { sessionId: busy.sessionId })
    await running.ended
  })

  it('says which limit of a role or a database was reached', async () => {
    await database.query('alter role app connection limit 0')
    const ofRole = await window.ask('session.open', { profileId, tabId: tab('role') })
    await database.query(`alter role app connection limit -1; alter database ${database.name} connection limit 0`)
    const ofDatabase = await window.ask('session.open', { profileId, tabId: tab('database') })

    expect([ofRole, ofDatabase]).toMatchObject([
      {
        failure: {
          code: '53300',
          message: 'too many connections for role "app"',
          advice: expect.stringContaining('ALTER ROLE'),
        },
      },
      { failure: { code: '53300', advice: expect.stringContaining('ALTER DATABASE') } },
    ])
  })
})
