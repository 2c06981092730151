import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Target } from '../../../contract/profile'
import type { ConnectOptions } from '../../../electron/engine/session/session-parts'
import { aTarget, openingFailure, openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { startFaultProxy } from '../../support/fault-proxy'
import { startScriptedServer } from '../../support/scripted-server'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

const failureOf = (change: Partial<ConnectOptions>) => openingFailure(database, change)
const target = (change: Partial<Target>): Target => ({ ...database.target, ...change })

describe('TLS', () => {
  const root = () => inject('cluster').tls.rootCertificate
  const unrelated = () => inject('cluster').tls.unrelatedCertificate

  it.each<[string, string, () => Partial<Target>, boolean]>([
    ['none', 'disable', () => ({ tlsMode: 'disable' }), false],
    ['encrypted', 'prefer', () => ({ tlsMode: 'prefer' }), true],
    ['encrypted', 'require', () => ({ tlsMode: 'require' }), true],
    ['verified chain', 'require with a CA file', () => ({ tlsMode: 'require', rootCertificate: root() }), true],
    [
      'verified chain',
      'verify-ca under another name',
      () => ({ host: '127.0.0.1', tlsMode: 'verify-ca', rootCertificate: root() }),
      true,
    ],
    [
      'verified host',
      'verify-full',
      () => ({ host: 'localhost', tlsMode: 'verify-full', rootCertificate: root() }),
      true,
    ],
  ])('is %s with %s', async (verdict, _name, change, isEncrypted) => {
    const session = await openTestSession(database, { target: target({ host: 'localhost', ...change() }) })

    const { rows } = await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')

    expect([session.facts.tls, rows]).toEqual([verdict, [[isEncrypted ? 't' : 'f']]])
    await session.end()
  })

  it.each<[string, () => Partial<Target>, RegExp, RegExp]>([
    [
      'from another CA',
      () => ({ host: 'localhost', tlsMode: 'verify-full', rootCertificate: unrelated() }),
      /not issued by a trusted CA/,
      /closed before the password was sent/,
    ],
    [
      'from another CA, where require was given a CA file',
      () => ({ host: 'localhost', tlsMode: 'require', rootCertificate: unrelated() }),
      /not issued by a trusted CA/,
      /closed before the password was sent/,
    ],
    [
      'for another name',
      () => ({ host: '127.0.0.1', tlsMode: 'verify-full', rootCertificate: root() }),
      /^The server's certificate is not for "127\.0\.0\.1"\.$/,
      /^It is for localhost\. Use the host name/,
    ],
  ])('refuses a certificate %s', async (_name, change, message, advice) => {
    const failure = await failureOf({ target: target(change()) })

    expect(failure).toMatchObject({
      kind: 'connection',
      reason: 'tls',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    })
  })

  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    'is missing at the server, which %s does not accept',
    async (tlsMode) => {
      const { host, port } = database.target
      const proxy = await startFaultProxy({ host, port }, { hasNoTls: true })

      const failure = await failureOf({ target: target({ port: proxy.port, tlsMode }) })

      expect(failure).toMatchObject({
        reason: 'tls',
        message: `The server does not support TLS, and TLS mode is ${tlsMode}.`,
      })
      expect(proxy.connections.map((each) => each.sent().length)).toEqual([8])
      await proxy.close()
    },
  )

  it('is done without where the server has none and the mode is prefer', async () => {
    const { host, port } = database.target
    const proxy = await startFaultProxy({ host, port }, { hasNoTls: true })

    const session = await openTestSession(database, { target: target({ port: proxy.port, tlsMode: 'prefer' }) })

    expect([session.facts.tls, (await session.query('select 1')).rows]).toEqual(['none', [['1']]])
    await session.end()
    await proxy.close()
  })

  it('is refused when bytes come in the clear behind the answer', async () => {
    const server = await startScriptedServer({ onStartup: (socket) => socket.write('Sinjected') })

    const failure = await failureOf({ target: aTarget({ port: server.port, tlsMode: 'require' }) })

    expect(failure).toMatchObject({ reason: 'tls', message: 'Bytes arrived before TLS was set up.' })
    await server.close()
  })

  it('is refused by a server that does not speak PostgreSQL', async () => {
    const server = await startScriptedServer({ onStartup: (socket) => socket.write('H') })

    const failure = await failureOf({ target: aTarget({ port: server.port, tlsMode: 'prefer' }) })

    expect(failure).toMatchObject({
      reason: 'tls',
      message: 'The answer to the TLS request is not PostgreSQL.',
    })
    await server.close()
  })
})
