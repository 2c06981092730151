import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ConnectionReport, Target } from '../../../contract/profile'
import { SETTINGS_DEFAULTS } from '../../../contract/profile-defaults'
import { testConnection } from '../../../electron/engine/profile/test-connection'
import { freePort } from '../../support/cluster'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

function verdict({ steps, failure }: ConnectionReport) {
  return { reason: failure?.reason ?? null, steps: steps.map((step) => `${step.name} ${step.state}`) }
}

/** A server that does with each connection what it is told. */
async function listen(onConnection: (socket: Socket) => void): Promise<{ server: Server; target: Target }> {
  const port = await freePort()
  const server = createServer(onConnection)
  await new Promise<void>((settle) => server.listen(port, '127.0.0.1', settle))
  return { server, target: { ...database.target, host: '127.0.0.1', port } }
}

describe('test connection', () => {
  it('tries what tabs would begin with, but for the start-up SQL', async () => {
    const { target, password } = database
    const settings = { ...SETTINGS_DEFAULTS, lockTimeoutMs: 500, startupSql: 'create table made_by_test ()' }

    const good = await testConnection({ target, password, settings })
    const bad = await testConnection({ target, password, settings: { ...settings, roleToSet: 'nobody_here' } })

    expect([good.failure, bad.failure?.message]).toEqual([
      null,
      'role could not be set to nobody_here: role "nobody_here" does not exist',
    ])
    expect((await database.query(`select to_regclass('made_by_test')`)).rows).toEqual([{ to_regclass: null }])
  })

  it('reports every step and the server version', async () => {
    const { target, password } = database

    const report = await testConnection({ target, password })

    expect(verdict(report)).toEqual({
      reason: null,
      steps: ['resolve done', 'reach done', 'tls not used', 'login done'],
    })
    expect(report.serverVersion).toMatch(/^18\./)
  })

  it('leaves no session behind', async () => {
    const { target, password, name } = database

    await testConnection({ target, password })

    const sessions = `SELECT count(*)::int AS left FROM pg_stat_activity
      WHERE datname = $1 AND application_name = 'Strata connection test'`
    await expect.poll(async () => (await database.query(sessions, [name])).rows).toEqual([{ left: 0 }])
  })

  it('goes over a Unix socket', async () => {
    const report = await testConnection({ target: database.socketTarget, password: database.password })

    expect(verdict(report)).toEqual({
      reason: null,
      steps: ['resolve not used', 'reach done', 'tls not used', 'login done'],
    })
  })

  it('verifies chain and name with the right authority', async () => {
    const { rootCertificate } = inject('cluster').tls
    const target: Target = { ...database.target, host: 'localhost', tlsMode: 'verify-full', rootCertificate }

    const report = await testConnection({ target, password: database.password })

    expect(verdict(report)).toEqual({ reason: null, steps: ['resolve done', 'reach done', 'tls done', 'login done'] })
    expect(report.steps[2]?.detail).toMatch(/TLSv1\.3, verified host/)
  })

  it('says that nothing listens', async () => {
    const target = { ...database.target, port: await freePort() }

    const report = await testConnection({ target, password: 'x' })

    expect(verdict(report)).toEqual({
      reason: 'refused',
      steps: ['resolve done', 'reach failed', 'tls not tried', 'login not tried'],
    })
    expect(report.failure?.message).toContain(`127.0.0.1:${target.port}`)
  })

  it('says that the host name does not resolve', async () => {
    const report = await testConnection({ target: { ...database.target, host: 'nowhere.invalid' }, password: 'x' })

    expect(verdict(report)).toEqual({
      reason: 'not found',
      steps: ['resolve failed', 'reach not tried', 'tls not tried', 'login not tried'],
    })
  })

  it('says that there is no socket in the folder', async () => {
    const report = await testConnection({ target: { ...database.target, host: '/nowhere' }, password: 'x' })

    expect(verdict(report)).toEqual({
      reason: 'not found',
      steps: ['resolve not used', 'reach failed', 'tls not tried', 'login not tried'],
    })
  })

  it('says that the server never answered', async () => {
    const sockets: Socket[] = []
    const { server, target } = await listen((socket) => sockets.push(socket))

    const report = await testConnection({ target, password: 'x', limitMs: 100 })

    expect(verdict(report)).toEqual({
      reason: 'timed out',
      steps: ['resolve done', 'reach done', 'tls not used', 'login failed'],
    })
    expect(report.failure?.message).toBe(`127.0.0.1:${target.port} did not answer within 0.1 s.`)
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('ends a session that comes after the limit', async () => {
    const sockets: Socket[] = []
    const { server, target } = await listen((socket) => sockets.push(socket.pause()))
    await testConnection({ target, password: database.password, limitMs: 100 })
    const [late] = sockets
    if (late === undefined) throw new Error('nobody came')
    const ended = once(late, 'close')
    const toServer = connect(database.target.port, database.target.host)

    toServer.pipe(late).pipe(toServer)

    await ended
    server.close()
  })

  it('says that the server never answered the TLS request', async () => {
    const { server, target } = await listen((socket) => socket.on('error', () => {}).resume())

    const report = await testConnection({ target: { ...target, tlsMode: 'require' }, password: 'x', limitMs: 100 })

    expect(verdict(report)).toEqual({
      reason: 'timed out',
      steps: ['resolve done', 'reach done', 'tls failed', 'login not tried'],
    })
    server.close()
  })

  it('says that the server has no TLS', async () => {
    const { server, target } = await listen((socket) =>
      socket.on('error', () => {}).once('data', () => socket.write('N')),
    )

    const report = await testConnection({ target: { ...target, tlsMode: 'require' }, password: 'x' })

    expect(verdict(report)).toEqual({
      reason: 'tls',
      steps: ['resolve done', 'reach done', 'tls failed', 'login not tried'],
    })
    expect(report.failure?.message).toMatch(/does not support TLS/)
    server.close()
  })

  it.each<[string, () => Partial<Target>, RegExp]>([
    [
      'another authority',
      () => ({ host: 'localhost', rootCertificate: inject('cluster').tls.unrelatedCertificate }),
      /not issued by a trusted CA/,
    ],
    [
      'another name',
      () => ({ host: '127.0.0.1', rootCertificate: inject('cluster').tls.rootCertificate }),
      /not for "127\.0\.0\.1"/,
    ],
    [
      'a CA file that is gone',
      () => ({ host: 'localhost', rootCertificate: '/nowhere/ca.pem' }),
      /^There is no CA file \/nowhere\/ca\.pem\.$/,
    ],
  ])('says that the certificate is of %s', async (_name, parts, message) => {
    const target: Target = { ...database.target, tlsMode: 'verify-full', ...parts() }

    const report = await testConnection({ target, password: database.password })

    expect(verdict(report)).toEqual({
      reason: 'tls',
      steps: ['resolve done', 'reach done', 'tls failed', 'login not tried'],
    })
    expect(report.failure?.message).toMatch(message)
  })

  it("says that the password is wrong, in the server's words", async () => {
    const report = await testConnection({ target: database.target, password: 'wrong' })

    expect(verdict(report)).toEqual({
      reason: 'authentication',
      steps: ['resolve done', 'reach done', 'tls not used', 'login failed'],
    })
    expect(report.failure).toMatchObject({ code: '28P01', message: 'password authentication failed for user "app"' })
  })

  it('says that a password is needed', async () => {
    const report = await testConnection({ target: database.target, password: null })

    expect(report.failure).toMatchObject({ reason: 'authentication', secret: { kind: 'password', state: 'missing' } })
  })

  it('takes an empty password as none', async () => {
    const report = await testConnection({ target: database.target, password: '' })

    expect(report.failure).toMatchObject({ reason: 'authentication', secret: { kind: 'password', state: 'missing' } })
  })

  it('says that the role is refused without TLS', async () => {
    const { role, password } = inject('cluster').roles.tlsOnly

    const report = await testConnection({ target: { ...database.target, role }, password })

    expect(report.failure).toMatchObject({ reason: 'authentication', code: '28000' })
  })

  it('says that the database does not exist', async () => {
    const target = { ...database.target, database: 'nowhere' }

    const report = await testConnection({ target, password: database.password })

    expect(report.failure).toMatchObject({
      reason: 'no database',
      code: '3D000',
      message: 'database "nowhere" does not exist',
    })
    expect(report.steps[3]?.state).toBe('failed')
  })

  it('takes a database name that looks like a connection string as a name', async () => {
    const target = { ...database.target, database: 'host=evil dbname=postgres' }

    const report = await testConnection({ target, password: database.password })

    expect(report.failure?.message).toBe('database "host=evil dbname=postgres" does not exist')
  })
})
