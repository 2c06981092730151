import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ProfileId, SshHop, Target } from '../../../contract/profile'
import { FailureError } from '../../../electron/engine/failure-error'
import { testConnection } from '../../../electron/engine/profile/test-connection'
import type { Session } from '../../../electron/engine/session/session'
import { Tunnels } from '../../../electron/engine/tunnel/tunnels'
import { aProfileId, openTestSession, startRun } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { listenersOf } from '../../support/listeners'
import { type SshServer, type SshServerOptions, startSshServer } from '../../support/ssh-server'
import { freePort, makeKey, noSshd, type Sshd, startAgent, startSshd } from '../../support/sshd'
import { aHop, type SshHome, sshHome } from '../../support/tunnel-parts'

let database: TestDatabase
const undo: (() => unknown)[] = []

beforeAll(async () => {
  database = await createDatabase('app')
})
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act()
})
afterAll(() => database.drop())

/** A session of a profile whose target has this tunnel, and the same way for others. */
const through = (
  home: SshHome,
  tunnel: readonly SshHop[],
  change: Partial<Target> = {},
  profileId: ProfileId = aProfileId,
) => {
  const tunnels = new Tunnels({ user: home.user, hostKeys: home.hostKeys, limits: home.limits, lingerMs: 200 })
  undo.push(() => tunnels.closeAll())
  const target: Target = { ...database.target, tunnel: [...tunnel], ...change }
  const { findSecret } = home
  const open = async () => {
    const session = await openTestSession(database, { target, profileId, findSecret, dial: tunnels.dialFor(profileId) })
    undo.push(() => session.end())
    return session
  }
  return { tunnels, target, open, dial: tunnels.dialFor(profileId), findSecret }
}
const aHome = (known: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const home = sshHome(known, environment)
  home.secrets.set('ssh 1', 'right')
  undo.push(() => home.remove())
  return home
}
const aServer = async (options: SshServerOptions = {}): Promise<SshServer> => {
  const server = await startSshServer(options)
  undo.push(() => server.stop())
  return server
}
const selectOne = async (session: Session) => (await session.query('select 1')).rows
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof FailureError ? error.failure : error),
  )

describe('sessions through a tunnel', () => {
  it('share one SSH connection, which ends after the last of them', async () => {
    const server = await aServer()
    const { open, target } = through(aHome([server.knownHost]), [aHop({ port: server.port })])

    const sessions = await Promise.all([open(), open(), open()])

    const address = `${target.host}:${target.port}`
    expect([server.attempts, server.forwards]).toEqual([
      ['none', 'password'],
      [address, address, address],
    ])
    await Promise.all(sessions.map((session) => session.end()))
    await expect.poll(() => server.connections(), { timeout: 5_000 }).toBe(0)
  })

  it('open no port of this computer', async () => {
    const server = await aServer()
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])
    const before = listenersOf(process.pid)

    const session = await open()

    expect(await selectOne(session)).toEqual([['1']])
    expect(listenersOf(process.pid)).toEqual(before)
    expect(before.length).toBeGreaterThan(0) // the SSH server of the test is seen by this look
  })

  it('are cancelled through it', async () => {
    const server = await aServer()
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])
    const session = await open()
    const text = 'select pg_sleep(600)'
    const sleeping = failureOf(session.query(text))
    const sql = 'select state, query from pg_stat_activity where pid = $1'
    await expect
      .poll(async () => (await database.query(sql, [session.facts.backendPid])).rows)
      .toEqual([{ state: 'active', query: text }])

    await session.cancel()

    expect(await sleeping).toMatchObject({ kind: 'cancelled' })
    expect(server.forwards.length).toBeGreaterThan(1)
    expect(await selectOne(session)).toEqual([['1']])
  })

  it("verify the database's own name over TLS", async () => {
    const server = await aServer({ names: { 'db.internal': '127.0.0.1', localhost: '127.0.0.1' } })
    const home = aHome([server.knownHost])
    const tls = { tlsMode: 'verify-full', rootCertificate: inject('cluster').tls.rootCertificate } as const
    const hops = [aHop({ port: server.port })]

    const right = await through(home, hops, { ...tls, host: 'localhost' }).open()
    const wrong = await failureOf(through(home, hops, { ...tls, host: 'db.internal' }).open())

    expect(right.facts.tls).toBe('verified host')
    expect(wrong).toMatchObject({ reason: 'tls', message: 'The server\'s certificate is not for "db.internal".' })
  })

  it('are cancelled, and asked for a sign of life, over TLS within it', async () => {
    const server = await aServer({ names: { localhost: '127.0.0.1' } })
    const tls = { tlsMode: 'verify-full', rootCertificate: inject('cluster').tls.rootCertificate } as const
    const hops = [aHop({ port: server.port })]
    const { open } = through(aHome([server.knownHost]), hops, { ...tls, host: 'localhost' })
    const session = await open()
    const before = server.forwards.length
    const text = 'select pg_sleep(601)'
    const sleeping = failureOf(session.query(text))
    const sql = 'select count(*) from pg_stat_activity where state = $1 and query = $2'
    await expect.poll(async () => (await database.query(sql, ['active', text])).rows).toEqual([{ count: '1' }])

    await session.cancel()

    expect(await sleeping).toMatchObject({ kind: 'cancelled' })
    const silentBefore = session.tap.heardAt
    await session.askForSign()
    expect(session.tap.heardAt).toBeGreaterThan(silentBefore)
    expect([session.facts.tls, server.forwards.slice(before)]).toEqual([
      'verified host',
      [`localhost:${database.target.port}`],
    ])
  })

  it('are lost together when it goes away, with the tunnel as the reason', async () => {
    const server = await aServer()
    const tls = { tlsMode: 'require', host: 'localhost' } as const
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])
    const sessions = [
      await open(),
      await open(),
      await through(aHome([server.knownHost]), [aHop({ port: server.port })], tls).open(),
    ]
    const running = failureOf((sessions[0] as Session).query('select pg_sleep(600)'))
    const lost = Promise.all(
      sessions.map((session) => new Promise<string>((resolve) => session.onLost(({ message }) => resolve(message)))),
    )

    await server.stop()

    const reason = `The SSH tunnel through 127.0.0.1:${server.port} was lost: the SSH server closed the connection.`
    expect(await lost).toEqual([reason, reason, reason])
    expect(await running).toMatchObject({ message: expect.stringContaining('SSH tunnel') })
  })

  it('come back after a loss by a new tunnel', async () => {
    const server = await aServer()
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])
    const first = await open()
    const lost = new Promise((resolve) => first.onLost(resolve))
    server.cut()
    await lost

    const second = await open()

    expect(await selectOne(second)).toEqual([['1']])
  })

  it('hold the server back while a result is paused', async () => {
    const server = await aServer()
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])
    const session = await open()
    const limits = { rows: 1_000, bytes: 1024 * 1024 * 1024 }
    const run = startRun(session, "select repeat('x', 10000) from generate_series(1, 30000)", { kept: { limits } })
    await run.channel.heard('readingPaused')
    const sentBefore = await stableBytes(server)

    const other = await open()
    const answer = await selectOne(other)

    expect(answer).toEqual([['1']])
    // 300 MB are to come; what is under way are the windows and buffers of the channel.
    expect(sentBefore).toBeLessThan(40 * 1024 * 1024)
    await session.cancel()
    await run.ended
  })

  it('report how every step of a test went', async () => {
    const server = await aServer()
    const { target, dial, findSecret } = through(aHome([server.knownHost]), [aHop({ port: server.port })])

    const report = await testConnection({ target, password: database.password, dial, findSecret })

    expect(report.steps.map(({ name, state, detail }) => [name, state, detail]).slice(0, 3)).toEqual([
      ['tunnel', 'done', `127.0.0.1:${server.port}, host key verified (known_hosts), password`],
      ['resolve', 'not used', `by 127.0.0.1:${server.port}`],
      ['reach', 'done', `${target.host}:${target.port}`],
    ])
    expect(report.failure).toBeNull()
  })

  it('wait for a database that answers late longer than an unused tunnel stays', async () => {
    const server = await aServer({ forwards: 'ignore' })
    const { open } = through(aHome([server.knownHost]), [aHop({ port: server.port })])

    const failure = await failureOf(open())

    expect(failure).toMatchObject({ reason: 'tunnel', message: expect.stringContaining('it did not answer in time') })
  })

  it('say that the tunnel is what failed', async () => {
    const server = await aServer()
    const { target, dial } = through(aHome([]), [aHop({ port: server.port })])

    const report = await testConnection({ target, password: database.password, dial })

    expect(report.steps.map(({ state }) => state)).toEqual([
      'failed',
      'not tried',
      'not tried',
      'not tried',
      'not tried',
    ])
    expect(report.failure).toMatchObject({ reason: 'tunnel', message: expect.stringContaining('was not trusted') })
  })
})

describe.skipIf(noSshd !== null)(`sessions through OpenSSH${noSshd === null ? '' : ` (${noSshd})`}`, () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  const byKey = (keyFile = sshd.key): SshHop =>
    aHop({ port: sshd.port, user: sshd.user, authentication: 'key', keyFile })
  const authorise = (file: string) =>
    execFileSync('sh', ['-c', `cat "${file}.pub" >> "${join(sshd.folder, 'authorized_keys')}"`])

  it('are let in by a key, and show the fingerprint that ssh-keygen prints', async () => {
    const home = aHome([])
    home.answer('trust')

    const session = await through(home, [byKey()]).open()

    expect(await selectOne(session)).toEqual([['1']])
    expect(home.questions.map(({ fingerprint }) => fingerprint)).toEqual([sshd.fingerprint])
  })

  it.each<[string, { readonly type?: string; readonly passphrase?: string; readonly format?: string }]>([
    ['an ECDSA key', { type: 'ecdsa' }],
    ['an RSA key', { type: 'rsa' }],
    ['a key with a passphrase', { passphrase: 'right' }],
    ['an RSA key in PEM', { type: 'rsa', format: 'PEM' }],
    ['an RSA key in PEM with a passphrase', { type: 'rsa', format: 'PEM', passphrase: 'right' }],
    ['an RSA key in PKCS #8', { type: 'rsa', format: 'PKCS8' }],
    ['an ECDSA key in PKCS #8 with a passphrase', { type: 'ecdsa', format: 'PKCS8', passphrase: 'right' }],
  ])('are let in by %s', async (name, options) => {
    const key = makeKey(sshd.folder, name.replaceAll(/\W/g, '_'), options)
    authorise(key)

    const session = await through(aHome([sshd.knownHost]), [byKey(key)]).open()

    expect(await selectOne(session)).toEqual([['1']])
  })

  it('are let in by an Ed25519 key in PKCS #8', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const file = join(sshd.folder, 'ed25519_pkcs8')
    const text = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' })
    writeFileSync(file, text, { mode: 0o600 })
    writeFileSync(`${file}.pub`, publicLine(privateKey.export({ format: 'jwk' }).x ?? ''))
    authorise(file)

    const session = await through(aHome([sshd.knownHost]), [byKey(file)]).open()

    expect(await selectOne(session)).toEqual([['1']])
  })

  it('are let in by the agent, which is not forwarded', async () => {
    const agent = await anAgent(sshd.folder)
    agent.add(sshd.key)
    const home = aHome([sshd.knownHost], { SSH_AUTH_SOCK: agent.socket })

    const session = await through(home, [{ ...byKey(), authentication: 'agent', keyFile: null }]).open()

    expect(await selectOne(session)).toEqual([['1']])
    expect(sshd.log()).not.toContain('auth-agent-req')
  })

  it('say that an agent holds no key, and that none of its keys fits', async () => {
    const agent = await anAgent(sshd.folder)
    const home = aHome([sshd.knownHost], { SSH_AUTH_SOCK: agent.socket })
    const hop: SshHop = { ...byKey(), authentication: 'agent', keyFile: null }

    const empty = await failureOf(through(home, [hop]).open())
    agent.add(makeKey(sshd.folder, 'stranger'))
    const unfit = await failureOf(through(home, [hop]).open())

    expect([empty, unfit].map((failure) => (failure as { message: string }).message)).toEqual([
      `The SSH agent holds no key for 127.0.0.1:${sshd.port}.`,
      `The SSH server 127.0.0.1:${sshd.port} did not accept the key of the SSH agent for user "${sshd.user}".`,
    ])
  })

  it('go over a jump host that only the configuration names', async () => {
    const second = await startSshd()
    undo.push(() => second.stop())
    const home = aHome([sshd.knownHost, second.knownHost])
    home.write(
      'config',
      `Host bastion\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile ${sshd.key}\nHost inner\n  HostName 127.0.0.1\n  Port ${second.port}\n  IdentityFile ${second.key}\n  ProxyJump bastion\n`,
    )
    const hop: SshHop = { host: 'inner', port: null, user: null, authentication: 'key', keyFile: null }

    const session = await through(home, [hop]).open()

    expect(await selectOne(session)).toEqual([['1']])
    expect([sshd.log(), second.log()].map((log) => /Accepted publickey/.test(log))).toEqual([true, true])
  })

  it('reach a Unix socket of the server', async () => {
    const { rows } = await database.query(
      "select split_part(setting, ',', 1) as folder from pg_settings where name = 'unix_socket_directories'",
    )
    const folder = String((rows[0] as { folder: string }).folder).trim()

    const session = await through(aHome([sshd.knownHost]), [byKey()], { host: folder }).open()

    expect(await selectOne(session)).toEqual([['1']])
  })

  it('are told apart: what sshd prohibits, and what nobody answers behind it', async () => {
    const closed = await startSshd(['AllowTcpForwarding no'])
    undo.push(() => closed.stop())
    const home = aHome([closed.knownHost, sshd.knownHost])
    const nobody = await freePort()

    const prohibited = await failureOf(
      through(home, [
        aHop({ port: closed.port, user: closed.user, authentication: 'key', keyFile: closed.key }),
      ]).open(),
    )
    const refused = await failureOf(through(home, [byKey()], { host: '127.0.0.1', port: nobody }).open())

    expect(prohibited).toMatchObject({
      reason: 'tunnel',
      message: expect.stringMatching(/^The SSH server .* does not allow forwarding to /),
    })
    expect(refused).toMatchObject({
      reason: 'refused',
      message: `127.0.0.1:${nobody} could not be reached from the SSH server 127.0.0.1:${sshd.port}: Connection refused.`,
    })
  })

  it('name the tunnel when its sshd is killed', async () => {
    const own = await startSshd()
    undo.push(() => own.stop())
    const home = aHome([own.knownHost])
    const session = await through(home, [
      aHop({ port: own.port, user: own.user, authentication: 'key', keyFile: own.key }),
    ]).open()
    const lost = new Promise<string>((resolve) => session.onLost(({ message }) => resolve(message)))

    for (const pid of own.connectionPids()) process.kill(pid, 'SIGKILL')

    expect(await lost).toMatch(`The SSH tunnel through 127.0.0.1:${own.port} was lost: `)
  })

  it('name the tunnel when its sshd is frozen', async () => {
    const own = await startSshd()
    undo.push(() => own.stop())
    const home = aHome([own.knownHost])
    const quick = { ...home, limits: { ...home.limits, askEveryMs: 100, loseAfterMs: 700 } }
    const session = await through(quick, [
      aHop({ port: own.port, user: own.user, authentication: 'key', keyFile: own.key }),
    ]).open()
    const lost = new Promise<string>((resolve) => session.onLost(({ message }) => resolve(message)))

    const pids = own.connectionPids()
    for (const pid of pids) process.kill(pid, 'SIGSTOP')

    expect(await lost).toContain('was lost: the SSH server did not answer for 1 s.')
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  })

  it('go on over a new exchange of keys', async () => {
    const busy = await startSshd(['RekeyLimit 1M', 'LogLevel DEBUG'])
    undo.push(() => busy.stop())
    const home = aHome([busy.knownHost])
    const session = await through(home, [
      aHop({ port: busy.port, user: busy.user, authentication: 'key', keyFile: busy.key }),
    ]).open()

    const { rows } = await session.query(
      'select sum(length(line)) from (select repeat(md5(i::text), 100) as line from generate_series(1, 3000) i) s',
    )
    const whole = await session.query('select repeat(md5(i::text), 100) from generate_series(1, 3000) i')

    expect([rows, whole.rows.length]).toEqual([[['9600000']], 3000])
    expect(busy.log().match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0).toBeGreaterThan(1)
  })
})

const anAgent = async (folder: string) => {
  const agent = await startAgent(folder)
  undo.push(() => agent.stop())
  return agent
}

/** Bytes that the SSH server has read from the database, once they grow no more. */
async function stableBytes(server: SshServer): Promise<number> {
  let last = -1
  await expect
    .poll(
      () => {
        const before = last
        last = server.bytesRead()
        return last === before && last > 0
      },
      { interval: 150, timeout: 10_000 },
    )
    .toBe(true)
  return last
}

function publicLine(x: string): string {
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x, 'base64url'))]).toString('base64')} pkcs8\n`
}
