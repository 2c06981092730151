import { connect, type Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2'
import { fingerprintOf } from '../../electron/engine/tunnel/fingerprint'

/** How the server treats who comes. */
export interface SshServerOptions {
  readonly password?: string
  /** Questions of keyboard-interactive; the first is answered with the password. */
  readonly questions?: readonly string[]
  /** Ways it takes, as it tells them. */
  readonly methods?: readonly ('password' | 'keyboard-interactive' | 'publickey')[]
  readonly forwards?: 'connect' | 'prohibit' | 'ignore'
  /** Private host keys; one of type Ed25519 is made when left out. */
  readonly hostKeys?: readonly string[]
  /** Where names lead that only this server knows. */
  readonly names?: Readonly<Record<string, string>>
  /** A password is good and not enough. */
  readonly wantsMore?: boolean
}

/** An SSH server in this process, which says what it saw. */
export interface SshServer {
  readonly port: number
  readonly hostKeys: readonly string[]
  readonly fingerprint: string
  /** Its line of a known_hosts file. */
  readonly knownHost: string
  /** What was tried to prove the user: nothing here means that nothing about the user was sent. */
  readonly attempts: string[]
  /** Where ways were opened to. */
  readonly forwards: string[]
  /** Connections that are open. */
  readonly connections: () => number
  /** Bytes read from where ways lead to. */
  readonly bytesRead: () => number
  /** Cuts the connections that are open. */
  readonly cut: () => void
  /** Accepts connections no more and cuts those that are open. */
  readonly stop: () => Promise<void>
  /** Reads and writes nothing any more, and keeps its connections. */
  readonly freeze: () => void
  /** Exchanges keys anew on every connection, with another host key when one is given. */
  readonly rekey: (hostKey?: string) => void
}

/** A new private host key in the OpenSSH format. */
export function newHostKey(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519'): string {
  if (type === 'ed25519') {
    // One in some hundred keys that ssh2 makes it cannot read itself.
    for (;;) {
      const made = ssh2.utils.generateKeyPairSync('ed25519').private
      if (!(ssh2.utils.parseKey(made) instanceof Error)) return made
    }
  }
  return type === 'rsa'
    ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private
    : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private
}

/** The public half of a private key, as it travels. */
export function publicKeyOf(key: string): Buffer {
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) throw parsed
  return ([parsed].flat()[0] as ParsedKey).getPublicSSH()
}

/** Starts one on a free port of the loopback interface. */
export async function startSshServer(options: SshServerOptions = {}, port = 0): Promise<SshServer> {
  const { password = 'right', questions = ['Password: '], methods = ['password'], forwards = 'connect' } = options
  const hostKeys = options.hostKeys ?? [newHostKey()]
  const attempts: string[] = []
  const opened: string[] = []
  const sockets = new Set<Socket>()
  const connections = new Set<Connection>()
  let isFrozen = false
  let bytesRead = 0

  const server = new ssh2.Server({ hostKeys: [...hostKeys] }, (connection) => {
    connections.add(connection)
    connection.on('error', () => {})
    connection.on('close', () => connections.delete(connection))
    connection.on('authentication', (context) => {
      attempts.push(context.method)
      judge(context)
    })
    const reach = (to: string, dial: () => Socket, accept: () => NodeJS.ReadWriteStream, reject: () => void) => {
      opened.push(to)
      if (forwards === 'ignore') return
      const socket = dial()
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        const channel = accept()
        socket.on('data', ({ length }) => {
          bytesRead += length
        })
        socket.on('error', () => channel.end())
        channel.on('error', () => socket.destroy())
        channel.on('close', () => socket.destroy())
        channel.pipe(socket).pipe(channel)
      })
    }
    if (forwards === 'prohibit') return // ssh2 refuses what nobody listens for, as prohibited
    connection.on('tcpip', (accept, reject, { destIP, destPort }) =>
      reach(`${destIP}:${destPort}`, () => connect(destPort, options.names?.[destIP] ?? destIP), accept, reject),
    )
    connection.on(
      'openssh.streamlocal' as never,
      ((accept: () => NodeJS.ReadWriteStream, reject: () => void, info: { socketPath: string }) =>
        reach(info.socketPath, () => connect(info.socketPath), accept, reject)) as never,
    )
  })

  function judge(context: AuthContext): void {
    const refuse = () => context.reject([...methods] as never)
    const accept = () =>
      options.wantsMore === true ? context.reject(['keyboard-interactive'], true) : context.accept()
    if (context.method === 'password' && methods.includes('password')) {
      if (context.password === password) accept()
      else refuse()
    } else if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
      const asked = questions.map((prompt) => ({ prompt, echo: false }))
      context.prompt(asked, (answers) => {
        if (answers[0] === password && answers.length === 1) accept()
        else refuse()
      })
    } else refuse()
  }
  // Its sockets are ours to freeze and to cut.
  ;(server as unknown as { _srv: { on(event: 'connection', listener: (socket: Socket) => void): void } })._srv.on(
    'connection',
    (socket) => {
      if (isFrozen) socket.pause()
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    },
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: own } = server.address() as { port: number }
  const publicKey = publicKeyOf(hostKeys[0] as string)
  return {
    port: own,
    hostKeys,
    fingerprint: fingerprintOf(publicKey),
    knownHost: `[127.0.0.1]:${own} ${publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0))} ${publicKey.toString('base64')}`,
    attempts,
    forwards: opened,
    connections: () => sockets.size,
    bytesRead: () => bytesRead,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    freeze: () => {
      isFrozen = true
      for (const socket of sockets) {
        socket.pause()
        socket.removeAllListeners('data')
        socket.write = () => true
      }
    },
    rekey: (hostKey) => {
      for (const connection of connections) {
        const { _protocol } = connection as unknown as { _protocol: { _hostKeys: Record<string, object> } }
        const other = hostKey === undefined ? undefined : [ssh2.utils.parseKey(hostKey)].flat()[0]
        if (other !== undefined) _protocol._hostKeys = { ..._protocol._hostKeys, 'ssh-ed25519': other }
        connection.rekey()
      }
    },
  }
}
