import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { FailureError } from '../failure-error'
import { ChannelStream } from './channel-stream'
import type { HopKeys } from './host-keys'
import { type AuthAnswer, type ProofParts, proofsOf } from './prove-user'
import { hopName, type ResolvedHop } from './resolve-hops'
import { codeOf, forwardRefused, handshakeFailed, loginBroken, wordsOf } from './tunnel-failure'

/** Milliseconds that the parts of an SSH connection may take. */
export interface HopLimits {
  readonly handshakeMs: number
  /** A key on a token waits for a touch, an agent for a word of its user. */
  readonly loginMs: number
  readonly openMs: number
  /** Silence after which the server is asked for a sign of life, and after which it is given up. */
  readonly askEveryMs: number
  readonly loseAfterMs: number
}

/** Given up sooner than the sessions that go through it would be. */
export const HOP_LIMITS: HopLimits = {
  handshakeMs: 10_000,
  loginMs: 60_000,
  openMs: 15_000,
  askEveryMs: 2_500,
  loseAfterMs: 9_000,
}

const LEAVE_LIMIT_MS = 2_000

/** Codes of a connection that the other side has left. */
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

/** What came of connecting to a hop: it is open, or it showed a key that nobody knows, and was left before anything was sent. */
export type HopConnection =
  | { readonly type: 'open'; readonly hop: Hop }
  | { readonly type: 'unknown key'; readonly key: Buffer }

/** An SSH connection that was let in. */
export class Hop {
  readonly name: string
  /** How its key was verified and its user proved. */
  readonly detail: string
  private readonly client: Client
  private readonly stream: Duplex
  private readonly limits: HopLimits
  private heardAt = performance.now()
  private lookedAt = performance.now()
  private readonly watch: NodeJS.Timeout
  private lossListener: (why: string) => void = () => {}
  private firstError: unknown
  private isEnding = false

  constructor(client: Client, stream: Duplex, name: string, detail: string, limits: HopLimits) {
    this.name = name
    this.detail = detail
    this.client = client
    this.stream = stream
    this.limits = limits
    stream.on('data', () => {
      this.heardAt = performance.now()
    })
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'agent') this.firstError ??= error
    })
    client.on('close', () => this.lose('the SSH server closed the connection'))
    this.watch = setInterval(() => this.look(), Math.min(500, limits.askEveryMs))
    this.watch.unref()
  }

  /** Calls the listener once when the connection ends without our asking. */
  onLost(listener: (why: string) => void): void {
    this.lossListener = listener
  }

  /** A way to a port behind the hop, or to a Unix socket there when the host begins with `/`. Throws a `FailureError`. */
  open(host: string, port: number): Promise<ChannelStream> {
    const isSocket = host.startsWith('/')
    const to = isSocket ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(forwardRefused(this.name, to, new Error('it did not answer in time'))),
        this.limits.openMs,
      )
      const done = (error: Error | undefined, channel: ClientChannel) => {
        clearTimeout(timer)
        if (error) reject(forwardRefused(this.name, to, error))
        else resolve(new ChannelStream(channel)) // too late for a timer that fired: nobody holds it, and it is closed with the hop
      }
      try {
        if (isSocket) this.client.openssh_forwardOutStreamLocal(host, done)
        else this.client.forwardOut('127.0.0.1', 0, host, port, done)
      } catch (error) {
        clearTimeout(timer)
        reject(forwardRefused(this.name, to, error))
      }
    })
  }

  /** Closes the connection. */
  end(): void {
    this.isEnding = true
    clearInterval(this.watch)
    this.client.end()
    // A server that does not answer does not take its leave either.
    setTimeout(() => this.stream.destroy(), LEAVE_LIMIT_MS).unref()
  }

  /** ssh2 sends the questions; here it is seen that nothing at all comes back. Bytes of a slow answer are a sign of life too. */
  private look(): void {
    const now = performance.now()
    const wasAway = now - this.lookedAt > this.limits.loseAfterMs / 2
    this.lookedAt = now
    if (wasAway) this.heardAt = now // the machine slept, or this process was busy: the silence was ours
    const silentMs = now - this.heardAt
    if (silentMs < this.limits.loseAfterMs) return
    this.lose(`the SSH server did not answer for ${Math.round(silentMs / 1000)} s`)
    this.stream.destroy()
  }

  private lose(why: string): void {
    clearInterval(this.watch)
    if (this.isEnding) return
    this.isEnding = true
    const isCut = this.firstError === undefined || CUT.has(codeOf(this.firstError))
    this.lossListener(isCut ? why : wordsOf(this.firstError))
  }
}

/**
 * Makes an SSH connection over a stream: the host key is judged before anything about the user is sent, and again whenever keys
 * are exchanged anew. Throws a `FailureError`; the stream is closed then.
 */
export function connectHop(
  hop: ResolvedHop,
  stream: Duplex,
  keys: HopKeys,
  parts: ProofParts & { readonly limits: HopLimits },
): Promise<HopConnection> {
  const { limits } = parts
  const name = hopName(hop)
  const client = new ssh2.Client()
  const proofs = proofsOf(hop, parts)
  let knownFrom = ''
  let attempt = ''
  let accepted: Buffer | null = null
  let timer: NodeJS.Timeout

  return new Promise((resolve, reject) => {
    let isSettled = false
    let firstError: unknown
    const settle = (act: () => void) => {
      clearTimeout(timer)
      if (isSettled) return
      isSettled = true
      act()
    }
    const give = (error: unknown) =>
      settle(() => {
        stream.destroy()
        reject(error)
      })
    const limit = (ms: number, failure: () => FailureError) => {
      clearTimeout(timer)
      timer = setTimeout(() => give(failure()), ms)
    }
    const noAnswer = Object.assign(new Error('it did not answer in time'), { code: 'ETIMEDOUT' })
    limit(limits.handshakeMs, () => handshakeFailed(name, noAnswer))

    client.on('error', (error: Error & { level?: string }) => {
      // An agent that does not sign is asked for its next key.
      if (error.level !== 'agent') firstError ??= error
    })
    client.on('close', () =>
      give(
        accepted === null
          ? handshakeFailed(name, firstError ?? new Error('it closed the connection'))
          : loginBroken(name, hop.user, firstError ?? new Error('it gave no reason')),
      ),
    )
    client.on('ready', () =>
      settle(() => {
        client.removeAllListeners('close')
        const open = new Hop(client, stream, name, `${name}, host key verified (${knownFrom}), ${attempt}`, limits)
        resolve({ type: 'open', hop: open })
      }),
    )

    /** False ends the connection before our half of the encryption is set up, and long before the user is named. */
    const verify = (key: Buffer): boolean => {
      if (accepted !== null) {
        const isSame = accepted.equals(key)
        if (!isSame) client.emit('error', new Error('its host key changed while it was open'))
        return isSame
      }
      try {
        const from = keys.judge(key)
        if (from === null) {
          settle(() => {
            stream.destroy()
            resolve({ type: 'unknown key', key: Buffer.from(key) })
          })
          return false
        }
        knownFrom = from
        accepted = Buffer.from(key)
        limit(limits.loginMs, () => loginBroken(name, hop.user, noAnswer))
        return true
      } catch (error) {
        give(error)
        return false
      }
    }

    client.connect({
      sock: stream as never, // its type asks for a Readable; it writes as well
      username: hop.user,
      hostVerifier: verify,
      agentForward: false,
      strictVendor: false,
      readyTimeout: 0,
      keepaliveInterval: limits.askEveryMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      ident: 'Strata',
      algorithms: { serverHostKey: keys.algorithms as never, compress: ['none'] },
      authHandler: (left, isPartial, next) => {
        const answer: AuthAnswer = { left: left ?? [], isPartial: isPartial === true }
        proofs.next(answer).then(
          ({ value }) => {
            if (isSettled) return
            attempt = value.name
            next(value.method)
          },
          (error: unknown) => {
            give(error instanceof FailureError ? error : loginBroken(name, hop.user, error))
          },
        )
      },
    })
  })
}
