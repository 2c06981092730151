import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const SSHD = '/usr/sbin/sshd'

/** Why there is no OpenSSH here to test with; null when there is. */
export const noSshd: string | null =
  existsSync(SSHD) && existsSync('/usr/bin/ssh-keygen') ? null : 'openssh-server is not installed'

/** A real sshd on a free port of the loopback interface, for the user who runs the tests. */
export interface Sshd {
  readonly port: number
  readonly user: string
  /** Folder with everything that was made for it; it is removed by `stop`. */
  readonly folder: string
  /** A private key that it accepts. */
  readonly key: string
  /** As ssh-keygen prints it. */
  readonly fingerprint: string
  /** Its line of a known_hosts file. */
  readonly knownHost: string
  /** Process id of the server that accepts connections. */
  readonly pid: number
  /** Process ids of the servers of single connections. */
  readonly connectionPids: () => number[]
  /** What it logged. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Makes a key pair with ssh-keygen and answers with the private key's file. */
export function makeKey(
  folder: string,
  name: string,
  options: { readonly type?: string; readonly passphrase?: string; readonly format?: string } = {},
): string {
  const file = join(folder, name)
  const { type = 'ed25519', passphrase = '', format } = options
  const more = [...(format === undefined ? [] : ['-m', format]), ...(type === 'rsa' ? ['-b', '2048'] : [])]
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, ...more, '-f', file])
  return file
}

/** Starts one; `settings` are further lines of its configuration, which come first and so count first. */
export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-sshd-'))
  const hostKey = makeKey(folder, 'host_key')
  const key = makeKey(folder, 'user_key')
  const authorized = join(folder, 'authorized_keys')
  writeFileSync(authorized, readFileSync(`${key}.pub`))
  const port = await freePort()
  const config = join(folder, 'sshd_config')
  writeFileSync(
    config,
    [
      ...settings,
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${hostKey}`,
      `PidFile ${join(folder, 'pid')}`,
      `AuthorizedKeysFile ${authorized}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      'UseDNS no',
      'MaxStartups 100',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  )
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true }) // where it locks up what has no rights yet
  const logFile = join(folder, 'log')
  writeFileSync(logFile, '')
  const child = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'], env: {} })
  child.stderr?.on('data', (text: Buffer) => appendFileSync(logFile, text))
  await untilListening(port, child, logFile)
  const publicKey = readFileSync(`${hostKey}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
  return {
    port,
    user: userInfo().username,
    folder,
    key,
    fingerprint: execFileSync('ssh-keygen', ['-lf', `${hostKey}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '',
    knownHost: `[127.0.0.1]:${port} ${publicKey}`,
    pid: child.pid ?? 0,
    connectionPids: () => descendants(child.pid ?? 0),
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      for (const pid of descendants(child.pid ?? 0)) kill(pid)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port of the loopback interface on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function untilListening(port: number, child: ChildProcess, logFile: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${readFileSync(logFile, 'utf8')}`)
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function descendants(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    const children = text === '' ? [] : text.split(' ').map(Number)
    return children.flatMap((child) => [child, ...descendants(child)])
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** An SSH agent without keys. */
export interface SshAgent {
  readonly socket: string
  readonly add: (key: string) => void
  readonly stop: () => void
}

/** Starts an agent of OpenSSH whose socket lies in a folder. */
export async function startAgent(folder: string): Promise<SshAgent> {
  const socket = join(folder, `agent-${agents}.sock`)
  agents += 1
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  return {
    socket,
    add: (key) => {
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
    },
    stop: () => {
      child.kill('SIGKILL')
    },
  }
}

let agents = 0
