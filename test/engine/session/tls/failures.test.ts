import { execFileSync } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionFailure } from '../../../../contract/failure'
import type { Target } from '../../../../contract/profile'
import { FailureError } from '../../../../electron/engine/failure-error'
import { openSession } from '../../../../electron/engine/session/connect'
import { aProfileId, aTarget } from '../../../support/builders'
import { createAuthority, type Issued, issueSelfSigned } from '../../../support/certificates'
import { fatalError, loginAnswer, startScriptedServer } from '../../../support/scripted-server'
import { CERTIFICATE_ROLES, startTlsCluster, type TlsCluster } from '../../../support/tls-cluster'

const authority = createAuthority('Strata test authority')
const other = createAuthority('Another authority')
const clients = createAuthority('Client authority')
const named = authority.issue(['localhost'])
const revoked = authority.issue(['localhost'])
const forRole = clients.issueFor({ commonName: CERTIFICATE_ROLES.certified })

let cluster: TlsCluster
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  cluster = await startTlsCluster(clients.certificate)
})
afterAll(() => cluster.stop())
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function open(target: Partial<Target>, passphrase: string | null = null) {
  const { port, roles } = cluster.facts
  const rootCertificate = await cluster.write('root.pem', authority.certificate)
  return openSession({
    profileId: aProfileId,
    target: aTarget({
      host: 'localhost',
      port,
      database: 'postgres',
      role: 'app',
      tlsMode: 'verify-full',
      rootCertificate,
      authenticationMethods: ['scram-sha-256'],
      ...target,
    }),
    password: roles.app.password,
    applicationName: 'Strata test',
    findSecret: async () => passphrase,
  })
}

async function failureOf(target: Partial<Target>, passphrase: string | null = null): Promise<ConnectionFailure> {
  const error = await open(target, passphrase).then(
    async (session) => {
      await session.end()
      return new Error('a session was opened')
    },
    (reason: unknown) => reason,
  )
  if (error instanceof FailureError && error.failure.kind === 'connection') return error.failure
  throw error
}

const client = async (key: string | Buffer, mode?: number): Promise<Partial<Target>> => ({
  role: CERTIFICATE_ROLES.certified,
  clientCertificate: await cluster.write('client.pem', forRole.certificate),
  clientKey: await cluster.write('client.key', key, mode),
})
const locked = forRole.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open me' })

function aPipe(): string {
  const path = join(cluster.folder, 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

interface Case {
  readonly issued?: Issued
  readonly target?: () => Promise<Partial<Target>>
  readonly message: RegExp
  readonly advice: RegExp
}

const CASES: Readonly<Record<string, Case>> = {
  'another CA': {
    issued: other.issue(['localhost']),
    message: /^The server's certificate was not issued by a trusted CA\.$/,
    advice: /^It could not be verified with .*root\.pem\. Choose the CA file .* closed before the password was sent\.$/,
  },
  'a self-signed certificate': {
    issued: issueSelfSigned({ dns: ['localhost'] }),
    message: /is self-signed, and not trusted\.$/,
    advice: /choose it as CA file/,
  },
  'an expired certificate': {
    issued: authority.issue(['localhost'], -2),
    message: /has expired\.$/,
    advice: /^Renew it on the server/,
  },
  'a certificate that is not valid yet': {
    issued: authority.issueFor({ dns: ['localhost'], fromDays: 2 }),
    message: /is not valid yet\.$/,
    advice: /clock/,
  },
  'another name': {
    issued: authority.issueFor({ dns: ['db.example', '*.db.example'], addresses: ['10.0.0.1'], commonName: 'Orders' }),
    message: /^The server's certificate is not for "localhost"\.$/,
    advice: /^It is for db\.example, \*\.db\.example, 10\.0\.0\.1, Orders\. Use the host name/,
  },
  'a revoked certificate': {
    issued: revoked,
    target: async () => ({ revocationList: await cluster.write('root.crl', authority.revoke([revoked.serial])) }),
    message: /was revoked\.$/,
    advice: /needs a new one/,
  },
  'a revocation list of another CA': {
    target: async () => ({ revocationList: await cluster.write('other.crl', other.revoke([])) }),
    message: /^Whether the server's certificate was revoked could not be checked\.$/,
    advice: /of every CA in the chain/,
  },
  'a file that is no revocation list': {
    target: async () => ({ revocationList: await cluster.write('no.crl', 'nothing\n') }),
    message: /^The file .*no\.crl holds no revocation list that can be read\.$/,
    advice: /in PEM/,
  },
  'a client certificate that is wanted': {
    target: async () => ({ role: CERTIFICATE_ROLES.certified }),
    message: /requires a valid client certificate/,
    advice: /^The server wants a certificate from this computer/,
  },
  "a stranger's client certificate": {
    target: async () => {
      const stranger = other.issueFor({ commonName: CERTIFICATE_ROLES.certified })
      return {
        ...(await client(stranger.key)),
        clientCertificate: await cluster.write('stranger.pem', stranger.certificate),
      }
    },
    message: /^The server did not accept the client certificate\.$/,
    advice: /^It said: unknown ca\. Choose a certificate from a CA that the server trusts/,
  },
  'a client key that is missing': {
    target: async () => ({ ...(await client(forRole.key)), clientKey: '/nowhere/client.key' }),
    message: /^There is a client certificate, but not its private key \/nowhere\/client\.key\.$/,
    advice: /belongs to the certificate/,
  },
  'a client key that others can read': {
    target: () => client(forRole.key, 0o640 | 0o004),
    message: /^Others on this computer can read the private key .*client\.key\.$/,
    advice: /chmod 600 .*client\.key/,
  },
  'a client key of another certificate': {
    target: () => client(named.key),
    message: /does not belong to the client certificate\.$/,
    advice: /the key that the certificate was made for/,
  },
  'a file that is no client key': {
    target: () => client('nothing\n'),
    message: /holds no private key that can be read\.$/,
    advice: /PEM/,
  },
  'a CA file that is missing': {
    target: async () => ({ rootCertificate: '/nowhere/ca.pem' }),
    message: /^There is no CA file \/nowhere\/ca\.pem\.$/,
    advice: /or "system" for the roots this computer trusts/,
  },
  'a CA file that is a folder': {
    target: async () => ({ rootCertificate: cluster.folder }),
    message: /cannot be read: it is a folder\.$/,
    advice: /another file/,
  },
  'a CA file that is a pipe, which nobody writes to': {
    target: async () => ({ rootCertificate: aPipe() }),
    message: /^The root certificate \/.*pipe is not a regular file\.$/,
    advice: /^Choose the file with the certificate\.$/,
  },
  'a client certificate that is a device without an end': {
    target: async () => ({ clientCertificate: '/dev/zero' }),
    message: /^The client certificate \/dev\/zero is not a regular file\.$/,
    advice: /^Choose the file with the certificate\.$/,
  },
  'a CA file of many beginnings without an end': {
    target: async () => ({
      rootCertificate: await cluster.write('begins.pem', '-----BEGIN CERTIFICATE-----\n'.repeat(140_000)),
    }),
    message: /begins\.pem holds no certificate that can be read\.$/,
    advice: /PEM/,
  },
  'a revocation list that is too large': {
    target: async () => ({ revocationList: await cluster.write('large.crl', ' '.repeat(4 * 1024 * 1024 + 1)) }),
    message: /large\.crl is too large for a revocation list\.$/,
    advice: /^Choose the file with the revocation list\.$/,
  },
  'the roots of this computer': {
    target: async () => ({ rootCertificate: 'system' }),
    message: /not issued by a trusted CA|no list of root certificates/,
    advice: /the roots this computer trusts|ca-certificates/,
  },
  'the roots of this computer with a weaker mode': {
    target: async () => ({ rootCertificate: 'system', tlsMode: 'verify-ca' }),
    message: /^TLS mode verify-ca is too weak for the roots this computer trusts\.$/,
    advice: /use verify-full/,
  },
  'direct negotiation with a mode that may go without': {
    target: async () => ({ tlsNegotiation: 'direct', tlsMode: 'prefer' }),
    message: /^TLS mode prefer is too weak for direct negotiation\.$/,
    advice: /use require, verify-ca or verify-full/,
  },
  'a role that is refused with TLS': {
    target: async () => ({ role: 'plain_only' }),
    message: /pg_hba\.conf rejects connection .*SSL encryption/,
    advice: /does not accept role "plain_only" with TLS/,
  },
  'a role that is refused without TLS': {
    target: async () => ({ role: 'tls_only', tlsMode: 'disable' }),
    message: /pg_hba\.conf rejects connection .*no encryption/,
    advice: /Choose a TLS mode that encrypts/,
  },
}

describe('a failure of TLS', () => {
  it.each(Object.keys(CASES))('names %s, and what to do', async (name) => {
    const { issued = named, target = async () => ({}), message, advice } = CASES[name] as Case
    await cluster.present(issued)

    const failure = await failureOf(await target())

    expect(failure).toMatchObject({
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    })
    expect(failure.advice).not.toMatch(/undefined|null/)
  })

  it('asks for the passphrase of the client key, says that it is wrong, and goes on with the right one', async () => {
    await cluster.present(named)
    const target = await client(locked)

    const failures = [await failureOf(target), await failureOf(target, 'let me in')]
    const session = await open(target, 'open me')
    await session.end()

    expect(failures).toMatchObject([
      { message: expect.stringMatching(/is encrypted\.$/), secret: { kind: 'client key', state: 'missing' } },
      {
        message: expect.stringMatching(/^The passphrase .* is wrong\.$/),
        secret: { kind: 'client key', state: 'wrong' },
      },
    ])
    expect(session.facts.tlsFacts?.hasClientCertificate).toBe(true)
  })

  it.each<[string, (socket: Socket) => void]>([
    ['closes the connection', (socket) => socket.end()],
    ['answers in plain text', (socket) => socket.end(fatalError('0A000', 'unsupported frontend protocol'))],
  ])('says what a server that knows no direct negotiation lacks when it %s', async (_name, act) => {
    const server = await startScriptedServer({ onStartup: act })
    closing.push(server.close)

    const failure = await failureOf({ port: server.port, tlsNegotiation: 'direct' })

    expect(failure).toMatchObject({ reason: 'tls', advice: expect.stringMatching(/needs PostgreSQL 17 or newer/) })
  })

  it('leaves open sessions alone when the certificate is changed, and tells the next one why', async () => {
    await cluster.present(named)
    const session = await open({})
    await cluster.present(authority.issue(['localhost'], -2))

    const failure = await failureOf({})

    expect([(await session.query('select 1')).rows, failure.message]).toEqual([
      [['1']],
      "The server's certificate has expired.",
    ])
    await session.end()
  })

  it('does not lead from TLS to plain text in a mode that verifies', async () => {
    await cluster.present(other.issue(['localhost']))
    const modes = ['require', 'verify-ca', 'verify-full'] as const

    const failures = await Promise.all(modes.map((tlsMode) => failureOf({ tlsMode })))
    const session = await open({ tlsMode: 'prefer' })

    expect(failures.map(({ reason }) => reason)).toEqual(['tls', 'tls', 'tls'])
    expect(session.facts).toMatchObject({ tls: 'none', tlsFacts: null })
    await session.end()
  })

  it('names what became of both ways where both were tried', async () => {
    await cluster.present(other.issue(['localhost']))

    const failure = await failureOf({ tlsMode: 'prefer', role: 'tls_only' })

    expect(failure).toMatchObject({
      reason: 'tls',
      message: "The server's certificate was not issued by a trusted CA.",
      advice: expect.stringMatching(/Without TLS: pg_hba\.conf rejects connection/),
    })
  })
})

describe('bytes that come before TLS', () => {
  const inTwo = (first: string, second: Buffer | string) => (socket: Socket) => {
    socket.setNoDelay(true)
    socket.write(first, () => socket.write(second))
  }
  const alert = Buffer.from('15030300020228', 'hex')

  it.each<[string, (socket: Socket) => void]>([
    ['a login behind yes', (socket) => socket.write(Buffer.concat([Buffer.from('S'), loginAnswer()]))],
    ['a login right after yes', inTwo('S', loginAnswer())],
    ['an error behind yes', (socket) => socket.write(Buffer.concat([Buffer.from('S'), fatalError('28000', 'no')]))],
    ['an error right after yes', inTwo('S', fatalError('28000', 'no'))],
    ['a TLS alert behind yes', (socket) => socket.write(Buffer.concat([Buffer.from('S'), alert]))],
    ['a TLS alert right after yes', inTwo('S', alert)],
    ['yes twice', (socket) => socket.write('SS')],
    ['a login behind no', (socket) => socket.write(Buffer.concat([Buffer.from('N'), loginAnswer()]))],
    ['an error', (socket) => socket.write(fatalError('28000', 'connect to evil.example instead'))],
  ])('as %s are refused, and nothing is sent', async (_name, act) => {
    const server = await startScriptedServer({ onStartup: act })
    closing.push(server.close)

    const failure = await failureOf({ port: server.port, tlsMode: 'require' })

    const heard = server.heard()
    expect(failure.reason).toBe('tls')
    expect(JSON.stringify(failure)).not.toContain('evil.example')
    expect([heard.includes('app'), heard.subarray(0, 8).toString('hex')]).toEqual([false, '0000000804d2162f'])
  })
})
