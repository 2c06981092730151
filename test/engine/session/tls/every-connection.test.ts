import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Target } from '../../../../contract/profile'
import type { SessionLoss } from '../../../../contract/session'
import type { TabId } from '../../../../contract/workspace'
import { requestCancel } from '../../../../electron/engine/session/cancel'
import { aDraft, openTestSession } from '../../../support/builders'
import { createDatabase } from '../../../support/database'
import type { TestDatabase } from '../../../support/database-on'
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy'
import { startTestEngine, type TestEngine } from '../../../support/port-pair'

const aTabId = 'tab-1' as TabId // branded here: the window mints tab ids
const SSL_REQUEST = '0000000804d2162f'

let database: TestDatabase
let proxy: FaultProxy
let engine: TestEngine
let folder: string
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())
beforeEach(async () => {
  const { host, port } = database.target
  proxy = await startFaultProxy({ host, port })
  engine = await startTestEngine()
  folder = await mkdtemp(join(tmpdir(), 'strata-migrations-'))
})
afterEach(async () => {
  await engine.stop()
  await proxy.close()
  await rm(folder, { recursive: true, force: true })
})

const target = (change: Partial<Target> = {}): Target => ({
  ...database.target,
  host: 'localhost',
  port: proxy.port,
  tlsMode: 'verify-full',
  rootCertificate: inject('cluster').tls.rootCertificate,
  ...change,
})

describe('every connection', () => {
  it.each([
    ['postgres', /^0000000804d2162f$/],
    ['direct', /^160301[0-9a-f]{4}01/],
  ] as const)('begins with TLS where the profile asks for it (%s)', async (tlsNegotiation, beginning) => {
    const window = engine.openWindow()
    const wanted = target({ tlsNegotiation })
    const { id: profileId } = await window.get('profile.save', { draft: aDraft({ target: wanted }) })
    engine.passwords.set(profileId, database.password)
    const tested = await window.get('profile.test', {
      target: wanted,
      secrets: [{ kind: 'password', secret: database.password }],
      profileId,
    })
    await window.get('profile.open', { profileId })
    await window.get('catalog.read', { profileId })
    const { sessionId, backendPid } = await window.get('session.open', { profileId, tabId: aTabId })
    const running = window.open('query.run', {
      sessionId,
      script: 'select pg_sleep(60)',
      range: null,
      commitMode: 'auto',
    })
    await expect
      .poll(async () => (await database.query('select state from pg_stat_activity where pid = $1', [backendPid])).rows)
      .toEqual([{ state: 'active' }])
    await window.get('query.cancel', { sessionId })
    await running.ended
    await writeFile(join(folder, '001_things.up.sql'), 'create table things (id integer);')
    await writeFile(join(folder, '001_things.down.sql'), 'drop table things;')
    await engine.engine.setMigrationFolder(profileId, folder)
    await window.get('migration.list', { profileId })
    const action = { kind: 'apply all' } as const
    const { digest } = await window.get('migration.plan', { profileId, action })
    const applied = await window.open('migration.run', { profileId, action, digest }).ended
    proxy.resetAll()
    await expect.poll(() => window.announced.map(({ name }) => name)).toContain('session.lost')
    const loss = window.announced.find(({ name }) => name === 'session.lost')?.value as SessionLoss
    const { failure: _, ...lost } = loss
    const finding = await window.get('session.check', lost)

    expect([tested.failure, applied, finding.transaction]).toEqual([null, null, 'rolled back'])
    const first = proxy.connections.map((each) => each.sent().subarray(0, 8).toString('hex'))
    expect(first.length).toBeGreaterThanOrEqual(6)
    expect(first.filter((bytes) => !beginning.test(bytes))).toEqual([])
    await database.query('drop table things; drop schema if exists strata cascade')
  })

  it.each(['allow', 'prefer'] as const)(
    'of a session that is encrypted with %s is encrypted, the cancel request too',
    async (tlsMode) => {
      const { tlsOnly } = inject('cluster').roles
      await database.query(`grant connect on database ${database.name} to ${tlsOnly.role}`)
      const wanted = target({ tlsMode, role: tlsOnly.role, rootCertificate: null })
      const session = await openTestSession(database, { target: wanted, password: tlsOnly.password })
      const before = proxy.connections.length

      await requestCancel({ target: wanted }, 'tls', session.facts.backendPid, 0)
      const running = session
        .query('select pg_sleep(60)')
        .catch((error: { failure: { kind: string } }) => error.failure)
      await session.cancel()

      const cancels = proxy.connections.slice(before).map((each) => each.sent())
      expect([session.facts.tls, await running]).toMatchObject(['encrypted', { kind: 'cancelled' }])
      expect(cancels.length).toBeGreaterThanOrEqual(2)
      for (const sent of cancels) {
        expect(sent.subarray(0, 8).toString('hex')).toBe(SSL_REQUEST)
        expect(sent.includes(Buffer.from([4, 210, 22, 46]))).toBe(false)
      }
      await session.end()
    },
  )
})
