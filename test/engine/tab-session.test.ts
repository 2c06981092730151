import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Profile, SessionSettings } from '../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../contract/profile-defaults'
import { prepareCatalogSession } from '../../electron/engine/catalog/read-catalog'
import { Connector } from '../../electron/engine/connector'
import { FailureError } from '../../electron/engine/failure-error'
import { RunSettings } from '../../electron/engine/migration/run-session'
import { dialDirect } from '../../electron/engine/session/reach'
import type { Session } from '../../electron/engine/session/session'
import { runStartupSql } from '../../electron/engine/session/startup-sql'
import { openTabSession } from '../../electron/engine/tab-session'
import { aDraft, aProfileId, openTestSession, runScript } from '../support/builders'
import { createDatabase } from '../support/database'
import type { TestDatabase } from '../support/database-on'
import { startFaultProxy } from '../support/fault-proxy'
import { type Pooler, poolerMissing, startPooler } from '../support/pgbouncer'

let database: TestDatabase
/** A role of this file's own that may not write: roles belong to the whole cluster. */
const reader = `Reader "${randomUUID().slice(0, 8)}"`
const quoted = `"${reader.replaceAll('"', '""')}"`
const open: Session[] = []

beforeAll(async () => {
  database = await createDatabase('app')
  await database.query(`create role ${quoted}; grant ${quoted} to app`)
})
afterAll(async () => {
  await Promise.all(open.map((session) => session.end()))
  await database.query(`drop owned by ${quoted}; drop role ${quoted}`)
  await database.drop()
})

/** A connector whose one profile leads to the test's database with these settings. */
function connectorWith(change: Partial<SessionSettings>, at: Partial<Profile['target']> = {}): Connector {
  const { settings, ...draft } = aDraft({ target: { ...database.target, ...at } })
  const profile: Profile = {
    ...draft,
    id: aProfileId,
    kind: 'remote',
    settings: { ...settings, ...change },
    migrationFolder: null,
    lastOpenedAt: null,
  }
  return new Connector({
    profileOf: async () => profile,
    localCredentials: () => Promise.reject(new Error('not local')),
    findSecret: async (_, kind) => (kind === 'password' ? { secret: database.password, tell: () => {} } : null),
    passwordFile: '/nowhere',
    prepareCatalogSession,
    dialFor: () => dialDirect,
  })
}

async function tabWith(change: Partial<SessionSettings>, at?: Partial<Profile['target']>): Promise<Session> {
  const session = await openTabSession(connectorWith(change, at), aProfileId)
  open.push(session)
  return session
}

async function settingIn(session: Session, name: string): Promise<string | null | undefined> {
  return (await session.query('select current_setting($1)', [name])).rows[0]?.[0]
}

/** The failure that opening a tab's session ends in. */
async function refusalOf(change: Partial<SessionSettings>, at?: Partial<Profile['target']>): Promise<unknown> {
  try {
    await tabWith(change, at)
  } catch (error) {
    return error instanceof FailureError ? error.failure : error
  }
  return 'a session was opened'
}

describe('session of a tab', () => {
  it.each<[string, Partial<SessionSettings>, string]>([
    ['statement_timeout', { statementTimeoutMs: 90_000 }, '90s'],
    ['lock_timeout', { lockTimeoutMs: 500 }, '500ms'],
    ['search_path', { searchPath: 'pg_temp, "My Schema", public' }, 'pg_temp, "My Schema", public'],
    ['role', { roleToSet: reader }, reader],
    ['default_transaction_read_only', { isReadOnly: true }, 'on'],
    ['work_mem', { startupSql: "-- more\nset work_mem = '7MB';\nselect generate_series(1, 1000);" }, '7MB'],
    [
      'my.order',
      { searchPath: 'there', startupSql: "select set_config('my.order', current_setting('search_path'), false)" },
      'there',
    ],
  ])('has the %s of its profile', async (name, settings, expected) => {
    const session = await tabWith(settings)

    const value = await settingIn(session, name)

    expect(value).toBe(expected)
  })

  it('has them again when it is opened anew', async () => {
    const settings = { searchPath: 'there', startupSql: "set my.own = 'yes'" }
    const first = await tabWith(settings)
    const lost = new Promise((resolve) => first.onLost(resolve))
    await database.query('select pg_terminate_backend($1)', [first.facts.backendPid])
    await lost

    const second = await tabWith(settings)

    expect([await settingIn(second, 'search_path'), await settingIn(second, 'my.own')]).toEqual(['there', 'yes'])
  })

  it('is probed after the seconds of its profile', async () => {
    const session = await tabWith({ keepaliveSeconds: 77 })

    // Linux shows a socket's keepalive timer, in hundredths of seconds, to its owner.
    const timers = await keepaliveTimers(session.facts.backendPid)

    expect(timers.some((seconds) => seconds > 70 && seconds <= 77)).toBe(true)
  })

  it.each<[string, Partial<SessionSettings>, RegExp, string?]>([
    [
      'a role that is not there',
      { roleToSet: 'nobody_here' },
      /^role could not be set to nobody_here: role "nobody_here" does not exist$/,
      '22023',
    ],
    ['a role that may not be set', { roleToSet: 'postgres' }, /permission denied to set role "postgres"/, '42501'],
    [
      'a search_path that is none',
      { searchPath: 'a,,b' },
      /^search_path could not be set to a,,b: invalid value for parameter "search_path"/,
      '22023',
    ],
    [
      'a start-up statement that fails',
      { startupSql: "set work_mem = '1MB';\n\nselect 1/0; select 2" },
      /^The start-up SQL of this connection failed, line 3: division by zero$/,
      '22012',
    ],
    [
      'a start-up statement that writes where nothing may be written',
      { isReadOnly: true, startupSql: 'set default_transaction_read_only = off; create table t ()' },
      /cannot execute CREATE TABLE in a read-only transaction/,
      '25006',
    ],
    ['start-up SQL that leaves a transaction open', { startupSql: 'begin; select 1' }, /leaves a transaction open/],
    [
      'start-up SQL with a quote that is never closed',
      { startupSql: "select 1;\nselect 'x" },
      /cannot be read, line 2/,
    ],
    [
      'start-up SQL with a command of psql',
      { startupSql: 'select 1;\n\\timing on' },
      /holds what only psql understands, line 2/,
    ],
    [
      'start-up SQL that wants data',
      { startupSql: 'create temp table t (a int); copy t from stdin' },
      /failed, line 1: .*no data/,
      '57014',
    ],
    [
      'a start-up statement over the statement timeout',
      { statementTimeoutMs: 50, startupSql: 'select pg_sleep(60)' },
      /canceling statement due to statement timeout/,
      '57014',
    ],
  ])("is refused for %s, with the server's reason", async (_name, settings, message, code) => {
    const failure = await refusalOf(settings)

    expect(failure).toMatchObject({ kind: 'connection', reason: 'rejected', message: expect.stringMatching(message) })
    expect((failure as { code?: string }).code).toBe(code)
  })

  it('is refused when its start-up SQL does not end', async () => {
    const session = await openTestSession(database, {
      settings: { ...SETTINGS_DEFAULTS, startupSql: 'select 1;\nselect pg_sleep(60)' },
    })
    open.push(session)

    const running = runStartupSql(session, 100)

    await expect(running).rejects.toThrow('The start-up SQL of this connection did not end within 0.1 s, line 2.')
  })

  it('leaves nobody behind when it is refused', async () => {
    const before = await backends()

    await refusalOf({ roleToSet: 'nobody_here' })
    await refusalOf({ startupSql: 'select 1/0' })

    await expect.poll(backends).toBe(before)
  })
})

describe("a tab's own statement timeout", () => {
  it("wins over the profile's, which holds again when it is taken back", async () => {
    const session = await tabWith({ statementTimeoutMs: 90_000 })
    const show = async (statementTimeoutMs: number | null) => {
      await runScript(session, 'select 1', { statementTimeoutMs })
      return settingIn(session, 'statement_timeout')
    }

    const seen = [await show(null), await show(5_000), await show(null)]

    expect(seen).toEqual(['90s', '5s', '90s'])
  })
})

describe('other sessions of the profile', () => {
  it('act as its role and have nothing else of a tab', async () => {
    const connector = connectorWith({
      roleToSet: reader,
      searchPath: 'there',
      statementTimeoutMs: 1,
      lockTimeoutMs: 1,
      isReadOnly: true,
      startupSql: 'select 1/0',
    })

    const catalog = await connector.catalogSession(aProfileId)

    open.push(catalog)
    const names = ['role', 'search_path', 'statement_timeout', 'lock_timeout', 'default_transaction_read_only']
    const values: unknown[] = []
    for (const name of names) values.push(await settingIn(catalog, name))
    expect(values).toEqual([reader, '', '0', '0', 'off'])
  })

  it('act as its role again behind a migration that has set another', async () => {
    const session = await connectorWith({ roleToSet: reader }).open(aProfileId, 'Strata migrations')
    open.push(session)
    const settings = new RunSettings(session)
    await settings.begin()
    await session.query('reset role')

    await settings.restore()

    expect(await settingIn(session, 'role')).toBe(reader)
  })
})

describe.skipIf(poolerMissing !== null)('behind a pooler', () => {
  let pooler: Pooler

  beforeAll(async () => {
    pooler = await startPooler(inject('cluster'))
  })
  afterAll(async () => {
    await pooler.stop()
  })

  it("a tab's session is not given what would reach other clients, and says so", async () => {
    const settings = { searchPath: 'leaked', lockTimeoutMs: 500, startupSql: "set my.own = 'leaked'" }

    const session = await tabWith(settings, { port: pooler.port })

    const seen = [await settingIn(session, 'search_path'), await settingIn(session, 'lock_timeout')]
    expect(seen).toEqual(['"$user", public', '0'])
    expect(session.facts.unsentSettings).toEqual(['search_path', 'lock_timeout', 'start-up SQL'])
  })

  it('a role to SET refuses the session', async () => {
    const failure = await refusalOf({ roleToSet: reader }, { port: pooler.port })

    expect(failure).toMatchObject({
      reason: 'rejected',
      message: expect.stringContaining('a connection pooler stands before the server'),
    })
  })
})

async function backends(): Promise<number> {
  const { rowCount } = await database.query(
    `select 1 from pg_stat_activity where datname = current_database() and application_name like 'Strata%'`,
  )
  return rowCount ?? 0
}

/** Seconds until the next keepalive probe of this process's sockets to the backend's client port. */
async function keepaliveTimers(backendPid: number): Promise<number[]> {
  const { rows } = await database.query('select client_port from pg_stat_activity where pid = $1', [backendPid])
  const port = Number(rows[0].client_port).toString(16).toUpperCase().padStart(4, '0')
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  // local_address … tr:tm->when, where timer 2 is the keepalive's.
  return lines
    .filter((cells) => cells[1]?.endsWith(`:${port}`) && cells[5]?.startsWith('02:'))
    .map((cells) => Number.parseInt(cells[5]?.slice(3) ?? '', 16) / 100)
}

describe('a server that falls silent while a tab’s session is set up', () => {
  it('is given up, and says so', async () => {
    const proxy = await startFaultProxy(database.target)
    const [query, parse] = [0x51, 0x50]
    // The first question behind the login.
    proxy.holdAfter((sent) => sent[0] === query || sent[0] === parse)
    const connector = connectorWith({}, { port: proxy.port })

    const opening = openTabSession(connector, aProfileId, async () => {}, 300)

    await expect(opening).rejects.toMatchObject({
      failure: { kind: 'connection', reason: 'lost', message: expect.stringContaining('nothing came for 0.3 s') },
    })
    await proxy.close()
  })
})
