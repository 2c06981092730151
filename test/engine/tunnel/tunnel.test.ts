import { once } from 'node:events'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SshHop } from '../../../contract/profile'
import { FailureError } from '../../../electron/engine/failure-error'
import { resolveHops } from '../../../electron/engine/tunnel/resolve-hops'
import { openTunnel, type Tunnel } from '../../../electron/engine/tunnel/tunnel'
import {
  newHostKey,
  publicKeyOf,
  type SshServer,
  type SshServerOptions,
  startSshServer,
} from '../../support/ssh-server'
import { freePort, makeKey } from '../../support/sshd'
import { aHop, type SshHome, sshHome } from '../../support/tunnel-parts'

describe('a tunnel', () => {
  let echo: Server
  let echoPort: number
  const homes: SshHome[] = []
  const servers: SshServer[] = []
  const tunnels: Tunnel[] = []

  beforeAll(async () => {
    echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    echoPort = (echo.address() as { port: number }).port
  })
  afterAll(() => echo.close())
  afterEach(async () => {
    for (const tunnel of tunnels.splice(0)) tunnel.end()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    for (const home of homes.splice(0)) home.remove()
  })

  const aServer = async (options: SshServerOptions = {}) => {
    const server = await startSshServer(options)
    servers.push(server)
    return server
  }
  const aHome = (known: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) => {
    const home = sshHome(known, environment)
    home.secrets.set('ssh 1', 'right')
    homes.push(home)
    return home
  }
  const open = async (home: SshHome, hops: readonly SshHop[], trustedOnce = new Set<string>()) => {
    const { hostKeys, findSecret, limits } = home
    const tunnel = await openTunnel(
      resolveHops(hops, home.user()),
      { hostKeys, findSecret, limits, trustedOnce },
      () => {},
    )
    tunnels.push(tunnel)
    return tunnel
  }
  const failure = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => new Error('it worked'),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof FailureError) || error.failure.kind !== 'connection') throw error
    return error.failure
  }
  const echoed = async (tunnel: Tunnel, text: string) => {
    const stream = await tunnel.open('127.0.0.1', echoPort)
    stream.write(text)
    const [answer] = (await once(stream, 'data')) as [Buffer]
    stream.destroy()
    return answer.toString()
  }

  describe('to a server whose key is known', () => {
    it('carries bytes both ways', async () => {
      const server = await aServer()
      const home = aHome([server.knownHost])

      const tunnel = await open(home, [aHop({ port: server.port })])

      expect(await echoed(tunnel, 'hello')).toBe('hello')
      expect(tunnel.detail).toBe(`127.0.0.1:${server.port}, host key verified (known_hosts), password`)
      expect(home.questions).toEqual([])
    })

    it('answers the single question of keyboard-interactive', async () => {
      const server = await aServer({ methods: ['keyboard-interactive'] })

      const tunnel = await open(aHome([server.knownHost]), [aHop({ port: server.port })])

      expect(await echoed(tunnel, 'hello')).toBe('hello')
    })
  })

  describe('to a server whose key nobody knows', () => {
    it('shows the fingerprint and sends nothing about the user before the answer', async () => {
      const server = await aServer()
      const home = aHome()

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(home.questions).toEqual([
        {
          server: `127.0.0.1:${server.port}`,
          host: '127.0.0.1',
          port: server.port,
          keyType: 'ED25519',
          fingerprint: server.fingerprint,
        },
      ])
      expect(refused).toMatchObject({ reason: 'tunnel', message: expect.stringContaining('was not trusted') })
      expect(server.attempts).toEqual([])
    })

    it('remembers an answer of trust in a file of its own, readable by the user alone', async () => {
      const server = await aServer()
      const home = aHome()
      home.answer('trust')
      const userFile = readFileSync(join(home.home, '.ssh/known_hosts'), 'utf8')

      await open(home, [aHop({ port: server.port })])
      const again = await open(home, [aHop({ port: server.port })])

      expect(home.questions).toHaveLength(1)
      expect(again.detail).toContain('trusted in Strata')
      expect(readFileSync(home.store, 'utf8')).toContain(`${server.knownHost}\n`)
      expect(statSync(home.store).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(home.home, '.ssh/known_hosts'), 'utf8')).toBe(userFile)
    })

    it('remembers trust for once only as long as it is told to', async () => {
      const server = await aServer()
      const home = aHome()
      home.answer('once')
      const once = new Set<string>()

      await open(home, [aHop({ port: server.port })], once)
      await open(home, [aHop({ port: server.port })], once)
      await open(home, [aHop({ port: server.port })])

      expect(home.questions).toHaveLength(2)
    })

    it('asks one question for two tunnels at once', async () => {
      const server = await aServer()
      const home = aHome()
      home.answer('trust')

      await Promise.all([open(home, [aHop({ port: server.port })]), open(home, [aHop({ port: server.port })])])

      expect(home.questions).toHaveLength(1)
    })

    it('asks nobody where the configuration is strict', async () => {
      const server = await aServer()
      const home = aHome()
      home.write('config', 'Host *\n  StrictHostKeyChecking yes\n')

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(refused.message).toContain('is not known: SHA256:')
      expect(home.questions).toEqual([])
    })
  })

  describe('to a server with another key than the known one', () => {
    it.each(['ask', 'no', 'off', 'accept-new'])('is refused with StrictHostKeyChecking %s', async (setting) => {
      const [server, other] = [await aServer(), publicKeyOf(newHostKey())]
      const old = `[127.0.0.1]:${server.port} ssh-ed25519 ${other.toString('base64')}`
      const home = aHome(['# first', old])
      home.answer('trust')
      home.write('config', `Host *\n  StrictHostKeyChecking ${setting}\n`)

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(refused.message).toMatch(
        new RegExp(
          `^The key of the SSH server .* has changed. It shows ED25519 ${server.fingerprint.replaceAll('+', '\\+')}; known is ED25519 SHA256:`,
        ),
      )
      expect(refused.advice).toContain(`${join(home.home, '.ssh/known_hosts')} line 2`)
      expect([home.questions, server.attempts]).toEqual([[], []])
    })

    it('is refused although it was trusted once before', async () => {
      const server = await aServer()
      const home = aHome()
      home.answer('trust')
      await open(home, [aHop({ port: server.port })])
      await server.stop()
      const impostor = await startSshServer({}, server.port)
      servers.push(impostor)

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(refused.advice).toContain(`${home.store} line 2`)
      expect(impostor.attempts).toEqual([])
    })

    it('is refused when it shows another type than the known one', async () => {
      const server = await aServer({ hostKeys: [newHostKey('ecdsa')] })
      const home = aHome([`[127.0.0.1]:${server.port} ssh-ed25519 ${publicKeyOf(newHostKey()).toString('base64')}`])
      home.answer('trust')

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(refused.message).toContain('It shows ECDSA')
      expect(server.attempts).toEqual([])
    })

    it('is let in when it has the known key beside a new one', async () => {
      const [known, added] = [newHostKey('ecdsa'), newHostKey()]
      const server = await aServer({ hostKeys: [added, known] })
      const publicKey = publicKeyOf(known)
      const home = aHome([`[127.0.0.1]:${server.port} ecdsa-sha2-nistp256 ${publicKey.toString('base64')}`])

      await open(home, [aHop({ port: server.port })])

      expect(home.questions).toEqual([])
    })

    it('is refused when the key is revoked', async () => {
      const server = await aServer()
      const home = aHome([`@revoked ${server.knownHost}`, server.knownHost])

      const refused = await failure(open(home, [aHop({ port: server.port })]))

      expect(refused.message).toContain('is revoked')
      expect(server.attempts).toEqual([])
    })
  })

  describe('that cannot be made', () => {
    it('says each reason in words of its own', async () => {
      const [server, prohibiting, twoQuestions, keysOnly, wantsMore] = await Promise.all([
        aServer(),
        aServer({ forwards: 'prohibit' }),
        aServer({ methods: ['keyboard-interactive'], questions: ['Password: ', 'Code: '] }),
        aServer({ methods: ['publickey'] }),
        aServer({ wantsMore: true }),
      ])
      const mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
      const web = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
        0,
        '127.0.0.1',
      )
      await Promise.all([once(mute, 'listening'), once(web, 'listening')])
      const portOf = (each: Server) => (each.address() as { port: number }).port
      const nobody = await freePort()
      const home = aHome([server, prohibiting, twoQuestions, keysOnly, wantsMore].map((each) => each.knownHost))
      const ssh = join(home.home, '.ssh')
      const [plain, locked] = [makeKey(ssh, 'plain'), makeKey(ssh, 'locked', { passphrase: 'right one' })]
      const open_ = makeKey(ssh, 'open')
      home.write('open', readFileSync(open_, 'utf8'))
      chmodSync(open_, 0o644)
      const withSecret = (secret: string | null): SshHome => ({ ...home, findSecret: async () => secret })
      const key = (port: number, keyFile: string) => aHop({ port, authentication: 'key', keyFile })

      const messages = {
        nobody: await failure(open(home, [aHop({ port: nobody })])),
        noName: await failure(open(home, [aHop({ port: 22, host: 'no-such-host.invalid' })])),
        mute: await failure(open(home, [aHop({ port: portOf(mute) })])),
        web: await failure(open(home, [aHop({ port: portOf(web) })])),
        wrongPassword: await failure(open(withSecret('wrong'), [aHop({ port: server.port })])),
        noPassword: await failure(open(withSecret(null), [aHop({ port: server.port })])),
        twoQuestions: await failure(open(home, [aHop({ port: twoQuestions.port })])),
        wantsMore: await failure(open(home, [aHop({ port: wantsMore.port })])),
        passwordsNot: await failure(open(home, [aHop({ port: keysOnly.port })])),
        wrongKey: await failure(open(home, [key(keysOnly.port, plain)])),
        noKey: await failure(open(home, [key(keysOnly.port, join(ssh, 'none'))])),
        noUsualKey: await failure(open(home, [aHop({ port: keysOnly.port, authentication: 'key' })])),
        openKey: await failure(open(home, [key(keysOnly.port, open_)])),
        noKeyAtAll: await failure(open(home, [key(keysOnly.port, home.write('text', 'hello'))])),
        noPassphrase: await failure(open(withSecret(null), [key(keysOnly.port, locked)])),
        wrongPassphrase: await failure(open(withSecret('wrong'), [key(keysOnly.port, locked)])),
        noAgent: await failure(open(home, [aHop({ port: keysOnly.port, authentication: 'agent' })])),
        deadAgent: await failure(
          open(aHome([keysOnly.knownHost], { SSH_AUTH_SOCK: join(ssh, 'no.sock') }), [
            aHop({ port: keysOnly.port, authentication: 'agent' }),
          ]),
        ),
        prohibited: await failure(
          open(home, [aHop({ port: prohibiting.port })]).then((tunnel) => tunnel.open('db.internal', 5432)),
        ),
        refused: await failure(
          open(home, [aHop({ port: server.port })]).then((tunnel) => tunnel.open('127.0.0.1', nobody)),
        ),
      }

      const said = Object.fromEntries(
        Object.entries(messages).map(([name, { reason, message, secret }]) => [
          name,
          [reason, message, ...(secret === undefined ? [] : [`${secret.kind} ${secret.state}`])],
        ]),
      )
      const mutePort = portOf(mute)
      mute.close()
      web.close()
      const at = (each: SshServer) => `127.0.0.1:${each.port}`
      expect(said).toEqual({
        nobody: [
          'tunnel',
          `The SSH server 127.0.0.1:${nobody} could not be reached: nothing accepts connections there.`,
        ],
        noName: [
          'tunnel',
          'The SSH server no-such-host.invalid:22 could not be reached: its host name could not be found.',
        ],
        mute: ['tunnel', `127.0.0.1:${mutePort} accepts connections and does not answer as an SSH server.`],
        web: ['tunnel', expect.stringMatching(/^No SSH connection could be set up with 127\.0\.0\.1:/)],
        wrongPassword: [
          'tunnel',
          `The SSH server ${at(server)} did not accept the password of user "deploy".`,
          'ssh 1 wrong',
        ],
        noPassword: ['tunnel', `The SSH server ${at(server)} asks user "deploy" for a password.`, 'ssh 1 missing'],
        twoQuestions: ['tunnel', `The SSH server ${at(twoQuestions)} asks user "deploy" more than one question.`],
        wantsMore: [
          'tunnel',
          `The SSH server ${at(wantsMore)} accepted the proof of user "deploy" and wants another one.`,
        ],
        passwordsNot: ['tunnel', `The SSH server ${at(keysOnly)} does not take a password from user "deploy".`],
        wrongKey: ['tunnel', `The SSH server ${at(keysOnly)} did not accept the key ${plain} for user "deploy".`],
        noKey: ['tunnel', `There is no key file ${join(ssh, 'none')} for the SSH server ${at(keysOnly)}.`],
        noUsualKey: ['tunnel', `There is no key to prove user "deploy" to the SSH server ${at(keysOnly)}.`],
        openKey: ['tunnel', `Other users of this computer can read the key ${open_} (mode 0644).`],
        noKeyAtAll: [
          'tunnel',
          `The key ${join(ssh, 'text')} for the SSH server ${at(keysOnly)} cannot be used: Unsupported key format.`,
        ],
        noPassphrase: [
          'tunnel',
          `The key ${locked} for the SSH server ${at(keysOnly)} needs a passphrase.`,
          'ssh 1 missing',
        ],
        wrongPassphrase: [
          'tunnel',
          `The passphrase of the key ${locked} for the SSH server ${at(keysOnly)} is not right.`,
          'ssh 1 wrong',
        ],
        noAgent: ['tunnel', `There is no SSH agent to prove user "deploy" to ${at(keysOnly)}.`],
        deadAgent: ['tunnel', `The SSH agent at ${join(ssh, 'no.sock')} does not answer.`],
        prohibited: ['tunnel', `The SSH server ${at(prohibiting)} does not allow forwarding to db.internal:5432.`],
        refused: [
          'refused',
          expect.stringMatching(`^127.0.0.1:${nobody} could not be reached from the SSH server ${at(server)}: `),
        ],
      })
      expect(new Set(Object.values(said).map(([, message]) => String(message))).size).toBe(Object.keys(said).length)
    })

    it('does not wait for a way that is never opened', async () => {
      const server = await aServer({ forwards: 'ignore' })
      const tunnel = await open(aHome([server.knownHost]), [aHop({ port: server.port })])

      const refused = await failure(tunnel.open('db.internal', 5432))

      expect(refused.message).toContain('opened no way to db.internal:5432: it did not answer in time')
    })
  })

  describe('over a jump host', () => {
    it('verifies both, and only the first is reached from here', async () => {
      const [near, far] = [await aServer(), await aServer()]
      const home = aHome([near.knownHost, far.knownHost])
      home.secrets.set('ssh 2', 'right')

      const tunnel = await open(home, [aHop({ port: near.port }), aHop({ port: far.port })])

      expect(await echoed(tunnel, 'through two')).toBe('through two')
      expect([near.forwards, far.forwards]).toEqual([[`127.0.0.1:${far.port}`], [`127.0.0.1:${echoPort}`]])
      expect(tunnel.detail.split(' → ')).toHaveLength(2)
    })

    it('asks for the key of the second, which the first does not vouch for', async () => {
      const [near, far] = [await aServer(), await aServer()]
      const home = aHome([near.knownHost])

      const refused = await failure(open(home, [aHop({ port: near.port }), aHop({ port: far.port })]))

      expect(home.questions.map(({ fingerprint }) => fingerprint)).toEqual([far.fingerprint])
      expect(refused.message).toContain(`127.0.0.1:${far.port}`)
      expect(far.attempts).toEqual([])
    })

    it('names the one that cannot be reached, and from where', async () => {
      const near = await aServer()
      const nobody = await freePort()

      const refused = await failure(open(aHome([near.knownHost]), [aHop({ port: near.port }), aHop({ port: nobody })]))

      expect(refused.message).toMatch(
        `The SSH server 127.0.0.1:${nobody} could not be reached from 127.0.0.1:${near.port}: `,
      )
    })
  })

  describe('that is lost', () => {
    it('ends every stream with the tunnel as the reason when the server goes away', async () => {
      const server = await aServer()
      const tunnel = await open(aHome([server.knownHost]), [aHop({ port: server.port })])
      const streams = [await tunnel.open('127.0.0.1', echoPort), await tunnel.open('127.0.0.1', echoPort)]
      const errors = Promise.all(streams.map((stream) => once(stream, 'error')))

      await server.stop()

      const messages = (await errors).map(([error]) => String((error as Error).message))
      expect(new Set(messages)).toEqual(
        new Set([`The SSH tunnel through 127.0.0.1:${server.port} was lost: the SSH server closed the connection.`]),
      )
    })

    it('is given up when the server is frozen, although it keeps the connection', async () => {
      const server = await aServer()
      const home = aHome([server.knownHost])
      const quick = { ...home, limits: { ...home.limits, askEveryMs: 100, loseAfterMs: 600 } }
      const tunnel = await open(quick, [aHop({ port: server.port })])
      const stream = await tunnel.open('127.0.0.1', echoPort)
      const ended = once(stream, 'error')

      server.freeze()

      expect(String((await ended)[0])).toContain('the SSH server did not answer for 1 s')
    })

    it('lives on while an idle server answers', async () => {
      const server = await aServer()
      const home = aHome([server.knownHost])
      const quick = { ...home, limits: { ...home.limits, askEveryMs: 100, loseAfterMs: 400 } }
      const tunnel = await open(quick, [aHop({ port: server.port })])
      const stream = await tunnel.open('127.0.0.1', echoPort)

      await new Promise((resolve) => setTimeout(resolve, 1_000)) // the fact waited for is that nothing happens

      expect([stream.destroyed, tunnel.isGone]).toEqual([false, false])
    })

    it('is lost when another host key is shown in a new exchange of keys', async () => {
      const server = await aServer()
      const tunnel = await open(aHome([server.knownHost]), [aHop({ port: server.port })])
      const stream = await tunnel.open('127.0.0.1', echoPort)
      const ended = once(stream, 'error')

      server.rekey(newHostKey())

      expect(String((await ended)[0])).toContain('was lost: its host key changed while it was open.')
    })

    it('survives a new exchange of keys with the same host key', async () => {
      const server = await aServer()
      const tunnel = await open(aHome([server.knownHost]), [aHop({ port: server.port })])

      server.rekey()

      expect(await echoed(tunnel, 'after')).toBe('after')
    })
  })
})
