import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ProfileId } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import type { TabId } from '../../../contract/workspace'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import {
  CITUS,
  COCKROACH,
  INSTALL_CITUS,
  type LookAlike,
  type LookAlikeServer,
  REDSHIFT,
  startLookAlike,
  YUGABYTE,
} from '../../support/look-alike'
import { startTestEngine, type TestEngine, type TestWindow } from '../../support/port-pair'

const TAB = 'tab-1' as TabId // branded here: the window mints tab ids

/** What each of them shows of the same database, and which parts it says are missing; `-` for one that is left out. */
const CASES: readonly (readonly [string, LookAlike, object])[] = [
  [
    'CockroachDB 23.2.1',
    COCKROACH,
    {
      kind: 'cockroachdb',
      tree: ['orders', 'recent', 'add_one(…)', 'email', 'size'],
      columns: ['id integer', 'placed date'],
      missing: ['-changes', 'schemas', 'relations', 'routines', 'types', 'columns', 'indexes', 'constraints'],
    },
  ],
  [
    'YugabyteDB 2.20.1.3',
    YUGABYTE,
    {
      kind: 'yugabytedb',
      tree: ['orders', 'recent', 'add_one(n integer)', 'email', 'size'],
      columns: ['id integer', 'placed date'],
      missing: ['-changes', 'columns'],
    },
  ],
  [
    'Amazon Redshift 1.0.12103',
    REDSHIFT,
    {
      kind: 'redshift',
      tree: ['orders', 'recent', 'email', 'size'],
      columns: ['id integer', 'placed date'],
      missing: ['-changes', 'schemas', 'relations', '-routines', 'types', 'columns', 'constraints'],
    },
  ],
  [
    'PostgreSQL 18.4 with Citus 12.1-1',
    CITUS,
    {
      kind: 'citus',
      tree: ['orders', 'recent', 'add_one(n integer)', 'email', 'size'],
      columns: ['id integer', 'placed date'],
      missing: [],
    },
  ],
]

describe.each(CASES)('%s', (product, look, { ...expected }) => {
  let database: TestDatabase
  let server: LookAlikeServer
  let engine: TestEngine
  let window: TestWindow
  let profileId: ProfileId
  beforeAll(async () => {
    database = await createDatabase('app')
    await database.query(`set role app; create schema shop;
      create table shop.orders (id int primary key, placed date check (placed > '2000-01-01'));
      create view shop.recent as select * from shop.orders;
      create function shop.add_one(n int) returns int language sql as 'select n + 1';
      create type shop.size as enum ('s', 'm'); create domain shop.email as text`)
    if (look === CITUS) await database.query(INSTALL_CITUS)
    server = await startLookAlike(inject('cluster'), look)
    engine = await startTestEngine()
    window = engine.openWindow()
    const target = { ...database.target, port: server.port }
    const draft = { id: null, name: product, folder: '', environment: 'development', target } as const
    profileId = (await window.get('profile.save', { draft: { ...draft, settings: SETTINGS_DEFAULTS } })).id
    engine.passwords.set(profileId, database.password)
  })
  afterAll(async () => {
    await engine?.stop()
    await server?.close()
    await database?.drop()
  })

  it('is known by its name, and shows the tree that it can answer for, with what is missing', async () => {
    const { server: facts } = await window.get('profile.open', { profileId })
    const catalog = await window.get('catalog.read', { profileId })
    const shop = catalog.schemas.find(({ name }) => name === 'shop')
    const orders = shop?.relations.find(({ name }) => name === 'orders')
    const detail = await window.get('catalog.describe', { profileId, oid: orders?.oid ?? 0 })

    const missing = [...catalog.missing, ...detail.missing]
    expect(facts).toMatchObject({ product, isStandby: false, isPooled: false })
    expect({
      kind: facts.kind,
      tree: [
        ...(shop?.relations ?? []).map(({ name }) => name),
        ...(shop?.routines ?? []).map((routine) => `${routine.name}(${routine.arguments})`),
        ...(shop?.types ?? []).map(({ name }) => name),
      ],
      columns: detail.columns.map(({ name, type }) => `${name} ${type}`),
      missing: missing.map(({ part, isLeftOut }) => (isLeftOut ? `-${part}` : part)),
    }).toEqual(expected)
    expect(missing.filter(({ message }) => message === '')).toEqual([])
  })

  it('runs statements, keeps transactions whole, and cancels', async () => {
    const { sessionId } = await window.get('session.open', { profileId, tabId: TAB })
    const run = async (script: string, commitMode: 'auto' | 'manual' = 'auto') => {
      const stream = window.open('query.run', { sessionId, script, range: null, commitMode })
      await stream.ended
      return stream.events
    }

    const written = await run(`begin; insert into shop.orders values (1, '2024-01-01'); commit`)
    const typed = await run(`select 's'::shop.size, id from shop.orders`, 'manual')
    await run('commit')
    const slow = window.open('query.run', { sessionId, script: 'select pg_sleep(60)', range: null, commitMode: 'auto' })
    await slow.until(({ type }) => type === 'statementStarted')
    await window.get('query.cancel', { sessionId })
    await slow.ended

    expect(written.flatMap((event) => (event.type === 'statementCompleted' ? event.commandTag : []))).toEqual([
      'BEGIN',
      'INSERT 0 1',
      'COMMIT',
    ])
    expect([typed.at(-1), slow.events.at(-1)]).toMatchObject([{ outcome: 'complete' }, { outcome: 'cancelled' }])
    expect((await database.query('select count(*)::int from shop.orders')).rows).toEqual([{ count: 1 }])
  })

  it('fails in its own words, never as a fault of ours', async () => {
    const replies = [
      await window.ask('migration.list', { profileId }),
      await window.ask('catalog.check', { profileId }),
      await window.ask('migration.drift', { profileId }),
      await window.ask('migration.plan', { profileId, action: { kind: 'apply all' } }),
    ]

    const kinds = replies.map((reply) => (reply.ok ? 'ok' : reply.failure.kind))
    expect(kinds.filter((kind) => kind === 'defect')).toEqual([])
  })
})
