import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import { createDatabase } from '../../support/database'
import { createDatabaseOn, type TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'
import { type Replication, startReplication } from '../../support/standby'

const TAB = 'tab-1' as TabId // branded here: the window mints tab ids

describe('a standby', () => {
  let replication: Replication
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  beforeAll(async () => {
    replication = await startReplication()
    database = await createDatabaseOn(replication.primary, 'app')
    await database.query('set role app; create table shop (id int); insert into shop values (1)')
    engine = await startTestEngine()
    window = engine.openWindow()
    const target = { ...database.target, port: replication.standby.port }
    const draft = { id: null, name: 'Copy', folder: '', environment: 'production', target } as const
    profileId = (await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })).id
    engine.passwords.set(profileId, database.password)
    await replication.caughtUp()
  })
  afterAll(async () => {
    await engine?.stop()
    await replication?.stop()
  })

  it('is known as one, is read like any server, and says of itself when it was promoted', async () => {
    const { server } = await window.get('profile.open', { profileId })
    const { schemas } = await window.get('catalog.read', { profileId })
    const { sessionId } = await window.get('session.open', { profileId, tabId: TAB })
    const write = () =>
      window.open('query.run', { sessionId, script: 'insert into shop values (2)', range: null, commitMode: 'auto' })
    const refused = write()
    await refused.ended

    await replication.promote()
    await expect
      .poll(() => window.announced.filter(({ name }) => name === 'server.changed'), { timeout: 15_000 })
      .toHaveLength(1)
    const taken = write()
    await taken.ended

    expect(schemas.flatMap(({ relations }) => relations)).toMatchObject([{ name: 'shop' }])
    expect(server).toMatchObject({ kind: 'postgresql', isStandby: true, isReadOnly: false, isPooled: false })
    expect(refused.events.find(({ type }) => type === 'statementFailed')).toMatchObject({ failure: { code: '25006' } })
    expect(window.announced.find(({ name }) => name === 'server.changed')?.value).toMatchObject({
      profileId,
      server: { isStandby: false },
    })
    expect(taken.events.at(-1)).toMatchObject({ type: 'runEnded', outcome: 'complete' })
  })
})

describe('a server that is read-only by default', () => {
  it('is known as one, and takes no migration', async () => {
    const database = await createDatabase('app')
    await database.query(`alter database ${database.name} set default_transaction_read_only = on`)
    const engine = await startTestEngine()
    const window = engine.openWindow()
    const draft = { id: null, name: 'Closed', folder: '', environment: 'staging', target: database.target } as const
    const { id: profileId } = await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })
    engine.passwords.set(profileId, database.password)

    const { server } = await window.get('profile.open', { profileId })
    const listed = await window.get('migration.list', { profileId })
    const run = window.open('migration.run', { profileId, action: { kind: 'apply all' }, digest: '' })
    const failure = await run.ended

    expect(server).toMatchObject({ isStandby: false, isReadOnly: true })
    expect(listed.readOnlyBecause).toContain('default_transaction_read_only')
    expect(failure).toMatchObject({ kind: 'refused', issues: [{ message: listed.readOnlyBecause }] })
    await engine.stop()
    await database.drop()
  })
})
