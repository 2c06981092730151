import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Target, tlsMode } from '../../../contract/profile'
import { openSession } from '../../../electron/engine/session/connect'
import { dialDirect } from '../../../electron/engine/session/reach'
import { aProfileId, aTarget } from '../../support/builders'
import { createAuthority, type Issued, issueSelfSigned } from '../../support/certificates'
import { startFaultProxy } from '../../support/fault-proxy'
import { noPsql } from '../../support/psql'
import { psql } from '../../support/psql-verdict'
import { startScriptedServer } from '../../support/scripted-server'
import { CERTIFICATE_ROLES, startTlsCluster, type TlsCluster } from '../../support/tls-cluster'

/** What became of a connection: how it was encrypted, or who ended it. */
type Verdict = 'plain' | 'encrypted' | 'refused by the server' | 'given up'

/** One server and what it is connected to with, in all modes. */
interface Case {
  readonly target?: Partial<Target>
  readonly password?: string
  readonly passphrase?: string
}

const ENCRYPTED = 'select ssl from pg_catalog.pg_stat_ssl where pid operator(pg_catalog.=) pg_catalog.pg_backend_pid()'

const authority = createAuthority('Strata test authority')
const other = createAuthority('Another authority')
const clients = createAuthority('Client authority')
const issuing = authority.intermediate('Issuing authority')

let cluster: TlsCluster
let home: string
let compared = 0
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  cluster = await startTlsCluster(clients.certificate)
  home = await mkdtemp(join(tmpdir(), 'strata-home-'))
  await mkdir(join(home, '.postgresql'))
})
afterAll(async () => {
  await cluster.stop()
  await rm(home, { recursive: true, force: true })
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** The verdicts of all modes, ours and psql's. */
async function verdicts({ target = {}, password, passphrase }: Case): Promise<{ ours: unknown; psqls: unknown }> {
  const { facts } = cluster
  const all = tlsMode.options.map((mode) => ({
    target: aTarget({
      host: 'localhost',
      port: facts.port,
      database: 'postgres',
      role: 'app',
      authenticationMethods: ['scram-sha-256', 'md5', 'password', 'none'],
      ...target,
      tlsMode: mode,
    }),
    password: password ?? facts.roles.app.password,
    passphrase,
    home,
  }))
  const [ours, psqls] = await Promise.all([Promise.all(all.map(ourVerdict)), Promise.all(all.map(psqlVerdict))])
  compared += all.length
  const named = (found: readonly Verdict[]) => Object.fromEntries(tlsMode.options.map((mode, at) => [mode, found[at]]))
  return { ours: named(ours), psqls: named(psqls) }
}

interface Attempt {
  readonly target: Target
  readonly password: string
  readonly passphrase: string | undefined
  readonly home: string
}

async function ourVerdict({ target, password, passphrase }: Attempt): Promise<Verdict> {
  let last = ''
  try {
    const session = await openSession({
      profileId: aProfileId,
      target,
      password,
      applicationName: 'Strata test',
      findSecret: async () => passphrase ?? null,
      // Names that nobody resolves: every server of these tests is here.
      dial: (where, options) => dialDirect({ ...where, host: where.host === '::1' ? '::1' : '127.0.0.1' }, options),
      onStep: ({ name, state, detail }) => {
        if (state === 'failed') last = `${name}: ${detail}`
      },
    })
    const { rows } = await session.query(ENCRYPTED)
    await session.end()
    return rows[0]?.[0] === 't' ? 'encrypted' : 'plain'
  } catch {
    // What the server said stands as it said it; what Strata says begins with a capital letter.
    return /^login: [^A-Z]/.test(last) ? 'refused by the server' : 'given up'
  }
}

async function psqlVerdict(attempt: Attempt): Promise<Verdict> {
  const outcome = await psql(attempt, ENCRYPTED)
  if ('rows' in outcome) return outcome.rows === 't' ? 'encrypted' : 'plain'
  const last = outcome.error.split(/connection to server/).at(-1) ?? ''
  return last.includes('FATAL') ? 'refused by the server' : 'given up'
}

const certificates = {
  named: () => authority.issue(['localhost']),
  otherName: () => authority.issue(['db.example']),
}

async function file(name: string, text: string | Buffer, mode?: number): Promise<string> {
  return cluster.write(name, text, mode)
}
const root = () => file('root.pem', authority.certificate)

/** A server that is presented a certificate, with the authority's own as root file. */
const certified =
  (issued: Issued, target: Partial<Target> = {}, ...above: readonly string[]) =>
  async (): Promise<Case> => {
    await cluster.present(issued, ...above)
    return { target: { rootCertificate: await root(), ...target } }
  }

/** A server that answers the TLS request with these bytes, and says nothing more. */
const answering =
  (act: (socket: Socket) => void): (() => Promise<Case>) =>
  async () => {
    const server = await startScriptedServer({ onStartup: act, onStatement: (socket) => socket.destroy() })
    closing.push(server.close)
    return { target: { port: server.port, rootCertificate: await root() } }
  }

/** A client certificate of a name, with a key that is written as wanted. */
const client =
  (issued: Issued, target: Partial<Target> = {}, key: () => Promise<string> = () => file('client.key', issued.key)) =>
  async (): Promise<Case> => {
    await cluster.present(certificates.named())
    return {
      target: {
        rootCertificate: await root(),
        role: CERTIFICATE_ROLES.certified,
        clientCertificate: await file('client.pem', issued.certificate),
        clientKey: await key(),
        ...target,
      },
    }
  }

const forRole = clients.issueFor({ commonName: CERTIFICATE_ROLES.certified })
const forNamed = clients.issueFor({ commonName: CERTIFICATE_ROLES.named })
const ofStranger = other.issueFor({ commonName: CERTIFICATE_ROLES.certified })
const encrypted = (issued: Issued) => () =>
  file(
    'encrypted.key',
    issued.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open me' }),
  )
const withPassphrase = (make: () => Promise<Case>, passphrase?: string) => async (): Promise<Case> => ({
  ...(await make()),
  ...(passphrase === undefined ? {} : { passphrase }),
})
const own = (name: string, text: string) => writeFile(join(home, '.postgresql', name), text)

describe.skipIf(noPsql !== undefined)(`verdicts about TLS${noPsql === undefined ? '' : ` (${noPsql})`}`, () => {
  const revoked = authority.issue(['localhost'])
  const self = issueSelfSigned({ dns: ['localhost'] })
  const withCrl =
    (make: () => Promise<Case>, ...lists: readonly string[]) =>
    async (): Promise<Case> => {
      const found = await make()
      return { target: { ...found.target, revocationList: await file('root.crl', lists.join('')) } }
    }

  it.each<[string, () => Promise<Case>]>([
    ['a certificate of the CA for the name', certified(certificates.named())],
    ['a certificate for another name', certified(certificates.otherName())],
    ['a self-signed certificate', certified(self)],
    [
      'a self-signed certificate that is the root file',
      async () => {
        await cluster.present(self)
        return { target: { rootCertificate: await file('self.pem', self.certificate) } }
      },
    ],
    ['a certificate of another CA', certified(other.issue(['localhost']))],
    ['an expired certificate', certified(authority.issue(['localhost'], -2))],
    ['a certificate that is not valid yet', certified(authority.issueFor({ dns: ['localhost'], fromDays: 2 }))],
    [
      'an address in the certificate',
      certified(authority.issueFor({ addresses: ['127.0.0.1'] }), { host: '127.0.0.1' }),
    ],
    [
      'another address in the certificate',
      certified(authority.issueFor({ addresses: ['127.0.0.2'] }), { host: '127.0.0.1' }),
    ],
    [
      'an IPv6 address in the certificate',
      certified(authority.issueFor({ addresses: [Buffer.from(`${'00'.repeat(15)}01`, 'hex')] }), { host: '::1' }),
    ],
    ['a DNS name that is an address', certified(authority.issue(['127.0.0.1']), { host: '127.0.0.1' })],
    [
      'a host name where only an address is certified',
      certified(authority.issueFor({ addresses: ['127.0.0.1'], commonName: 'localhost' })),
    ],
    ['a common name alone', certified(authority.issueFor({ commonName: 'localhost' }))],
    [
      'a common name beside another DNS name',
      certified(authority.issueFor({ commonName: 'localhost', dns: ['db.example'] })),
    ],
    ['a wildcard for one label', certified(authority.issue(['*.db.example']), { host: 'a.db.example' })],
    ['a wildcard for two labels', certified(authority.issue(['*.db.example']), { host: 'a.b.db.example' })],
    ['a wildcard for the domain itself', certified(authority.issue(['*.db.example']), { host: 'db.example' })],
    ['a wildcard within a label', certified(authority.issue(['d*.example']), { host: 'db.example' })],
    ['a wildcard alone', certified(authority.issue(['*']), { host: 'localhost' })],
    ['a name in capitals', certified(authority.issue(['DB.Example']), { host: 'db.eXAMPLE' })],
    ['a name with a NUL', certified(authority.issue(['localhost\0.example']))],
    ['an intermediate CA that is sent', certified(issuing.issue(['localhost']), {}, issuing.certificate)],
    ['an intermediate CA that is not sent', certified(issuing.issue(['localhost']))],
    [
      'an intermediate CA that is the root file',
      async () => {
        await cluster.present(issuing.issue(['localhost']), issuing.certificate)
        return { target: { rootCertificate: await file('issuing.pem', issuing.certificate) } }
      },
    ],
    ['a revoked certificate', withCrl(certified(revoked), authority.revoke([revoked.serial]))],
    [
      'a list that revokes another certificate',
      withCrl(certified(certificates.named()), authority.revoke([revoked.serial])),
    ],
    ['a list of another CA alone', withCrl(certified(certificates.named()), other.revoke([]))],
    [
      'an intermediate CA without a list',
      withCrl(certified(issuing.issue(['localhost']), {}, issuing.certificate), authority.revoke([])),
    ],
    [
      'lists of every CA in the chain',
      withCrl(
        certified(issuing.issue(['localhost']), {}, issuing.certificate),
        authority.revoke([]),
        issuing.revoke([]),
      ),
    ],
    ['a list that does not exist', certified(certificates.named(), { revocationList: '/nonexistent/root.crl' })],
    ['no root file', certified(certificates.named(), { rootCertificate: null })],
    ['a root file that does not exist', certified(certificates.named(), { rootCertificate: '/nonexistent/root.crt' })],
    [
      'a root file without a certificate',
      async () => ({ target: { rootCertificate: await file('empty.pem', 'nothing\n') } }),
    ],
    ['a role that must use TLS', certified(certificates.named(), { role: 'tls_only' })],
    ['a role that must not use TLS', certified(certificates.named(), { role: 'plain_only' })],
    ['a role that must use TLS, and another CA', certified(other.issue(['localhost']), { role: 'tls_only' })],
    ['a role that is asked for nothing', certified(certificates.named(), { role: 'trusted' })],
    ['a wrong password', async () => ({ password: 'wrong', target: { rootCertificate: await root() } })],
    ['a database that does not exist', certified(certificates.named(), { database: 'nowhere' })],
    [
      'a client certificate that is wanted and not there',
      certified(certificates.named(), { role: CERTIFICATE_ROLES.certified }),
    ],
    ['a client certificate', client(forRole)],
    ['a client certificate that takes the place of a password', client(forNamed, { role: CERTIFICATE_ROLES.named })],
    ['a client certificate of another role', client(forRole, { role: CERTIFICATE_ROLES.named })],
    ['a client certificate of a CA that the server does not know', client(ofStranger)],
    ['a client certificate that does not exist', client(forRole, { clientCertificate: '/nonexistent/client.crt' })],
    ['a client key that does not exist', client(forRole, { clientKey: '/nonexistent/client.key' })],
    ['a client key that others can read', client(forRole, {}, () => file('open.key', forRole.key, 0o644))],
    ['a client key of another certificate', client(forRole, {}, () => file('other.key', forNamed.key))],
    [
      'a client key in DER',
      client(forRole, {}, () => file('der.key', forRole.privateKey.export({ type: 'pkcs8', format: 'der' }))),
    ],
    ['an encrypted client key and its passphrase', withPassphrase(client(forRole, {}, encrypted(forRole)), 'open me')],
    [
      'an encrypted client key and a wrong passphrase',
      withPassphrase(client(forRole, {}, encrypted(forRole)), 'let me in'),
    ],
    ['an encrypted client key and no passphrase', withPassphrase(client(forRole, {}, encrypted(forRole)))],
    ['channel binding that is required', certified(certificates.named(), { channelBinding: 'require' })],
    [
      'channel binding that is required of MD5',
      certified(certificates.named(), { channelBinding: 'require', role: 'md5_only' }),
    ],
    [
      'channel binding that is required of nothing',
      certified(certificates.named(), { channelBinding: 'require', role: 'trusted' }),
    ],
    ['an error instead of an answer', answering((socket) => socket.end('E\0\0\0\x09Mno\0\0'))],
    ['bytes behind the answer', answering((socket) => socket.end('Sinjected'))],
    ['an answer that is neither yes nor no', answering((socket) => socket.end('H'))],
    ['an end instead of an answer', answering((socket) => socket.end())],
    [
      'plain bytes where TLS should begin',
      answering((socket) => {
        socket.write('S')
        setImmediate(() => socket.write('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I'))
      }),
    ],
    [
      'a server without TLS',
      async () => {
        const { host, port } = cluster.facts
        const proxy = await startFaultProxy({ host, port }, { hasNoTls: true })
        closing.push(proxy.close)
        return { target: { port: proxy.port, rootCertificate: await root() } }
      },
    ],
  ])('are those of psql for %s', async (_name, prepare) => {
    const found = await verdicts(await prepare())

    expect(found.ours).toEqual(found.psqls)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['root.crt that fits', () => own('root.crt', authority.certificate)],
    ['root.crt of another CA', () => own('root.crt', other.certificate)],
    [
      'root.crl that revokes it',
      async () => {
        await own('root.crt', authority.certificate)
        await own('root.crl', authority.revoke([revoked.serial]))
      },
    ],
  ])('are those of psql with a ~/.postgresql/%s', async (_name, prepare) => {
    await prepare()
    await cluster.present(revoked)
    const before = process.env.HOME
    process.env.HOME = home

    const found = await verdicts({ target: { rootCertificate: null } })

    process.env.HOME = before
    expect(found.ours).toEqual(found.psqls)
  })

  it('were compared at least 84 times', () => {
    expect(compared).toBeGreaterThanOrEqual(84)
  })
})
