import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'
import { TRAPS } from '../../support/traps'

/** What runs code of the database's owner when it is looked into: a view, a policy, an index's expression, a generated column. */
const HOLDINGS = `
create schema shop;
create function shop.spring(n int) returns int language plpgsql volatile as
  'begin perform nextval(''trap.canary''); return n; end';
create function shop.pure(n int) returns int language plpgsql immutable as
  'begin perform nextval(''trap.canary''); return n; end';
create view shop.looked_at as select shop.spring(1) as n;
create table shop.guarded (id int primary key, other int references shop.guarded);
create index on shop.guarded (shop.pure(id));
create policy springing on shop.guarded using (shop.spring(1) = 1);
alter table shop.guarded enable row level security, force row level security;
alter sequence trap.canary restart`

describe('a database full of traps', () => {
  let database: TestDatabase
  let engine: TestEngine
  let window: TestWindow
  let folder: string
  let profileId: ProfileId
  beforeAll(async () => {
    database = await createDatabase()
    await database.query(TRAPS)
    await database.query(HOLDINGS)
    await database.query(`alter database ${database.name} set search_path = trap, pg_catalog, shop`)
    folder = await mkdtemp(join(tmpdir(), 'strata-traps-'))
    await writeFile(join(folder, '1_a.up.sql'), 'select 1')
    await writeFile(join(folder, '1_a.down.sql'), 'select 1')
    engine = await startTestEngine()
    window = engine.openWindow()
    const draft = { id: null, name: 'Traps', folder: '', environment: 'production', target: database.target } as const
    profileId = (await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })).id
    engine.passwords.set(profileId, database.password)
    await engine.engine.setMigrationFolder(profileId, folder)
  })
  afterAll(async () => {
    await engine?.stop()
    await database?.drop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })
  const isSprung = async () => (await database.query('select is_called from trap.canary')).rows[0].is_called

  it('runs nothing of it when it is opened, browsed, described and planned for', async () => {
    await window.get('profile.open', { profileId })
    const { schemas, missing } = await window.get('catalog.read', { profileId })
    const oids = schemas.flatMap(({ relations }) => relations).map(({ oid }) => oid)
    for (const oid of oids) await window.get('catalog.describe', { profileId, oid })
    await window.get('catalog.check', { profileId })
    const { sessionId } = await window.get('session.open', { profileId, tabId: 'tab-1' as TabId })
    const listed = await window.get('migration.list', { profileId })
    const plan = await window.get('migration.plan', { profileId, action: { kind: 'apply all' } })
    await window.get('migration.drift', { profileId })
    await window.get('session.own', { profileId })
    await window.get('session.terminate', { sessionId })

    expect([oids.length > 2, missing, listed.migrations.length, plan.refusals]).toEqual([true, [], 1, []])
    expect(await isSprung()).toBe(false)
  })

  it('springs its traps for whoever queries it', async () => {
    await database.query('select * from shop.looked_at')

    expect(await isSprung()).toBe(true)
  })
})
