import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Target, target as targetSchema } from '../../../contract/profile'
import type { ConnectOptions } from '../../../electron/engine/session/session-parts'
import { aTarget, openingFailure, openTestSession } from '../../support/builders'
import { freePort } from '../../support/cluster'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { fatalError, startScriptedServer } from '../../support/scripted-server'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

const failureOf = (change: Partial<ConnectOptions>) => openingFailure(database, change)
const target = (change: Partial<Target>): Target => ({ ...database.target, ...change })

describe('connection failure', () => {
  it('says that nothing accepts connections', async () => {
    const port = await freePort()

    const failure = await failureOf({ target: target({ port }) })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'refused',
      message: `Nothing accepts connections at 127.0.0.1:${port}.`,
      advice: 'Check that the server runs, that the port is right, and that it listens on this address.',
    })
  })

  it('says that the host name could not be found', async () => {
    const failure = await failureOf({ target: target({ host: 'nowhere.invalid' }) })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'not found',
      message: 'The host name "nowhere.invalid" could not be found.',
      advice: 'Check its spelling, your network and VPN.',
    })
  })

  it('says that the folder holds no socket', async () => {
    const failure = await failureOf({ target: target({ host: '/nowhere', port: 5999 }) })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'not found',
      message: 'There is no server socket at /nowhere/.s.PGSQL.5999.',
      advice: 'Check the folder and the port, and that the server runs.',
    })
  })

  it('hands on what the server says about the role', async () => {
    const failure = await failureOf({ password: 'wrong' })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'authentication',
      message: 'password authentication failed for user "app"',
      code: '28P01',
      advice: 'The server did not accept role "app". Check role and password, and the server\'s pg_hba.conf.',
      secret: { kind: 'password', state: 'wrong' },
    })
  })

  it('hands on that there is no such database', async () => {
    const failure = await failureOf({ target: target({ database: 'nowhere' }) })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'no database',
      message: 'database "nowhere" does not exist',
      code: '3D000',
      advice: `Create database "nowhere", or choose one that exists on 127.0.0.1:${database.target.port}.`,
    })
  })

  it.each<[string, string, string, string | undefined]>([
    [
      'is full',
      '53300',
      'sorry, too many clients already',
      'Close other sessions, or ask for a higher max_connections.',
    ],
    [
      'is starting',
      '57P03',
      'the database system is starting up',
      'The server is starting or shutting down: try again in a moment.',
    ],
    ['has another reason', '0A000', 'unsupported frontend protocol', undefined],
  ])('hands on why a server declines that %s', async (_name, code, message, advice) => {
    const server = await startScriptedServer({ onStartup: (socket) => socket.end(fatalError(code, message)) })

    const failure = await failureOf({ target: aTarget({ port: server.port }) })

    expect(failure).toEqual({ kind: 'connection', reason: 'rejected', message, code, ...(advice ? { advice } : {}) })
    await server.close()
  })

  it('says that the server ended the connection during login', async () => {
    const server = await startScriptedServer({ onStartup: (socket) => socket.end() })

    const failure = await failureOf({ target: aTarget({ port: server.port }) })

    expect(failure).toMatchObject({ kind: 'connection', reason: 'lost' })
    await server.close()
  })
})

describe('a server that never answers', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  async function blackHole() {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => {}).resume())
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return {
      sockets,
      port: typeof address === 'object' && address !== null ? address.port : 0,
      close: () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    }
  }

  it.each<[string, Partial<Target>, number, string[]]>([
    ['the login', { tlsMode: 'disable' }, 15_000, ['resolve done', 'reach done', 'tls not used', 'login failed']],
    ['the request for TLS', { tlsMode: 'prefer' }, 10_000, ['resolve done', 'reach done', 'tls failed']],
  ])('at %s has timed out', async (_name, change, limitMs, expected) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const hole = await blackHole()
    const steps: string[] = []
    const failing = failureOf({
      target: aTarget({ port: hole.port, ...change }),
      onStep: (step) => steps.push(`${step.name} ${step.state}`),
    })
    await vi.waitUntil(() => hole.sockets.some((socket) => socket.bytesRead > 0))

    vi.advanceTimersByTime(limitMs)

    expect(await failing).toEqual({
      kind: 'connection',
      reason: 'timed out',
      message: `127.0.0.1:${hole.port} did not answer in time.`,
      advice: 'A firewall or a wrong address often looks like this. Check host, port and VPN.',
    })
    expect(steps).toEqual(expected)
    hole.close()
  })
})

describe('a target', () => {
  it.each(['host', 'database', 'role', 'rootCertificate'] as const)(
    'with a control character in its %s is refused',
    (name) => {
      const texts = ['a\0b', 'a\nb', 'a\u007fb', 'a\u0085b']

      const accepted = texts.filter((text) => targetSchema.safeParse(aTarget({ [name]: text })).success)

      expect(accepted).toEqual([])
    },
  )
})

describe('session facts', () => {
  it('come from the server', async () => {
    const session = await openTestSession(database)

    const { rows } = await session.query(
      `select pg_backend_pid(), current_setting('server_version'), current_database(), session_user,
         current_setting('server_encoding'), current_setting('TimeZone')`,
    )

    const { facts } = session
    expect(rows).toEqual([
      [String(facts.backendPid), facts.serverVersion, facts.database, facts.role, facts.serverEncoding, facts.timeZone],
    ])
    expect(facts).toMatchObject({ isSuperuser: false, tls: 'none' })
    await session.end()
  })

  it('come over a Unix socket too', async () => {
    const session = await openTestSession(database, { target: database.socketTarget })

    expect((await session.query('select inet_server_addr()')).rows).toEqual([[null]])
    await session.end()
  })
})
