import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { FailureError } from '../failure-error'
import type { ChannelStream } from './channel-stream'
import { connectHop, type Hop, type HopLimits } from './connect-hop'
import type { HostKeys } from './host-keys'
import type { ProofParts } from './prove-user'
import { hopName, type ResolvedHop } from './resolve-hops'
import { hopUnreachable, tunnelLost } from './tunnel-failure'

/** What a tunnel is opened with. */
export interface TunnelParts extends ProofParts {
  readonly hostKeys: HostKeys
  /** Keys that were trusted for the time being; a further one is added here. */
  readonly trustedOnce: Set<string>
  readonly limits: HopLimits
}

/** SSH connections one inside the other, the last of which leads to the database. No port of this computer leads into them. */
export class Tunnel {
  private readonly hops: readonly Hop[]
  private readonly channels = new Set<ChannelStream>()
  private readonly onIdle: () => void
  private loss: FailureError | null = null
  private isEnded = false
  private openings = 0

  /** `onIdle` is called whenever the last stream through it has closed. */
  constructor(hops: readonly Hop[], onIdle: () => void) {
    this.hops = hops
    this.onIdle = onIdle
    for (const hop of hops) hop.onLost((why) => this.lose(hop, why))
  }

  /** The SSH servers it goes through, as people read them. */
  get names(): string {
    return this.hops.map((hop) => hop.name).join(', ')
  }

  /** How each hop was verified and the user proved to it. */
  get detail(): string {
    return this.hops.map((hop) => hop.detail).join(' → ')
  }

  /** True when it cannot be used any more. */
  get isGone(): boolean {
    return this.isEnded || this.loss !== null
  }

  /** A stream to a port or a Unix socket behind it. Throws a `FailureError`. */
  async open(host: string, port: number): Promise<ChannelStream> {
    if (this.loss !== null) throw this.loss
    const last = this.hops.at(-1) as Hop // there is one: that is how tunnels are made
    this.openings += 1
    try {
      const channel = await last.open(host, port)
      if (this.isGone) {
        channel.destroy()
        throw this.loss ?? tunnelLost(this.names, 'it was closed')
      }
      this.channels.add(channel)
      channel.once('close', () => {
        this.channels.delete(channel)
        this.noteIdle()
      })
      return channel
    } catch (error) {
      throw this.loss ?? error
    } finally {
      this.openings -= 1
      this.noteIdle()
    }
  }

  /** True while a stream goes through it, or is about to. */
  get isUsed(): boolean {
    return this.channels.size > 0 || this.openings > 0
  }

  private noteIdle(): void {
    if (!this.isUsed && !this.isGone) this.onIdle()
  }

  /** Closes it, and every stream that is still open. */
  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    for (const channel of this.channels) channel.destroy()
    for (const hop of [...this.hops].reverse()) hop.end()
  }

  private lose(hop: Hop, why: string): void {
    if (this.isGone) return
    this.loss = tunnelLost(this.hops.length === 1 ? hop.name : `${this.names} (${hop.name})`, why)
    for (const channel of this.channels) channel.destroy(this.loss)
    this.channels.clear()
    for (const each of this.hops) each.end()
  }
}

/** Opens a tunnel through hops, the nearest first; every one is verified, whatever the one before it says. Throws a `FailureError`. */
export async function openTunnel(
  route: readonly ResolvedHop[],
  parts: TunnelParts,
  onIdle: () => void,
): Promise<Tunnel> {
  const open: Hop[] = []
  try {
    for (const hop of route) open.push(await openHop(hop, open.at(-1) ?? null, parts))
    return new Tunnel(open, onIdle)
  } catch (error) {
    for (const hop of open.reverse()) hop.end()
    throw error
  }
}

async function openHop(hop: ResolvedHop, before: Hop | null, parts: TunnelParts): Promise<Hop> {
  for (;;) {
    const stream = before === null ? await reach(hop, parts.limits) : await reachFrom(before, hop)
    const keys = parts.hostKeys.of(hop, parts.trustedOnce)
    const connection = await connectHop(hop, stream, keys, parts)
    if (connection.type === 'open') return connection.hop
    // No connection waits while the person thinks: a server closes one that does not log in. It is made anew for the key that is trusted then.
    await parts.hostKeys.settle(hop, connection.key, parts.trustedOnce)
  }
}

async function reachFrom(before: Hop, hop: ResolvedHop): Promise<ChannelStream> {
  try {
    return await before.open(hop.host, hop.port)
  } catch (error) {
    const isBehind =
      error instanceof FailureError && error.failure.kind === 'connection' && error.failure.reason === 'refused'
    throw isBehind ? hopUnreachable(hopName(hop), before.name, error.cause) : error
  }
}

async function reach(hop: ResolvedHop, limits: HopLimits): Promise<Socket> {
  let last: unknown
  try {
    for (const { address } of await lookup(hop.host, { all: true })) {
      try {
        return await dial(address, hop.port, limits.handshakeMs)
      } catch (error) {
        last = error
      }
    }
  } catch (error) {
    last = error
  }
  throw hopUnreachable(hopName(hop), null, last)
}

function dial(address: string, port: number, limitMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const settle = (act: () => void) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      act()
    }
    const fail = (error: Error) => {
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(
      () => settle(() => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))),
      limitMs,
    )
    socket.once('error', (error) => settle(() => fail(error)))
    socket.once('connect', () =>
      settle(() => {
        socket.setNoDelay(true)
        resolve(socket)
      }),
    )
  })
}
