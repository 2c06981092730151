import { isLocalHost } from '../../../contract/local-host'
import type { ProfileId, SshHop, Target } from '../../../contract/profile'
import type { ResolvedHopWords } from '../../../contract/tunnel'
import { addressOf } from '../session/connection-failure'
import { dialDirect } from '../session/reach'
import { type Dial, type DialOptions, failedStep, type Reached } from '../session/way'
import { HOP_LIMITS, type HopLimits } from './connect-hop'
import type { HostKeys } from './host-keys'
import { resolveHops, type SshUser } from './resolve-hops'
import { openTunnel, type Tunnel } from './tunnel'

/** What tunnels are made of. */
export interface TunnelsOptions {
  /** Read anew for every tunnel: the configuration may have changed. */
  readonly user: () => SshUser
  readonly hostKeys: HostKeys
  readonly limits?: HopLimits
  /** Milliseconds that a tunnel without a stream stays open: one session is often opened right after another was closed. */
  readonly lingerMs?: number
}

const LINGER_MS = 2_000

interface Shared {
  readonly opening: Promise<Tunnel>
  open: Tunnel | null
  linger: NodeJS.Timeout | null
}

/** The open tunnels: one for all sessions of a profile, closed after the last of them or with the profile. */
export class Tunnels {
  private readonly options: TunnelsOptions
  private readonly shared = new Map<string, Shared>()
  private readonly trustedOnce = new Map<ProfileId, Set<string>>()

  constructor(options: TunnelsOptions) {
    this.options = options
  }

  /** How the targets of a profile are reached: straight where they have no tunnel. */
  dialFor(profileId: ProfileId): Dial {
    return (target, options) =>
      target.tunnel.length === 0 ? dialDirect(target, options) : this.dial(profileId, target, options)
  }

  /** Where the SSH servers really are; throws what opening a tunnel through them would throw before it connects. */
  resolve(tunnel: readonly SshHop[]): ResolvedHopWords[] {
    return resolveHops(tunnel, this.options.user()).map(({ index, name, host, port, user, ...hop }) => ({
      index,
      name,
      host,
      port,
      user,
      keyFiles: [...hop.keyFiles],
      hasAgent: hop.agentSocket !== null,
      unread: hop.unread.map(({ keyword, file, line }) => `${keyword} in ${file}${line === 0 ? '' : ` line ${line}`}`),
    }))
  }

  /** Forgets the keys that were trusted once for a profile, and closes its tunnels as soon as no session goes through them. */
  closeProfile(profileId: ProfileId): void {
    this.trustedOnce.delete(profileId)
    for (const [key, { open }] of this.shared) {
      if (key.startsWith(`${profileId} `) && open?.isUsed !== true) this.drop(key)
    }
  }

  /** Closes all tunnels. */
  closeAll(): void {
    for (const key of this.shared.keys()) this.drop(key)
  }

  private async dial(profileId: ProfileId, target: Target, options: DialOptions): Promise<Reached> {
    const { onStep } = options
    const startedAt = performance.now()
    const tunnel = await this.tunnelOf(profileId, target.tunnel, options).catch((error: unknown) => {
      throw failedStep(onStep, 'tunnel', startedAt, error as never) // only FailureErrors: see `openTunnel`
    })
    onStep({ name: 'tunnel', state: 'done', detail: tunnel.detail, elapsedMs: performance.now() - startedAt })
    const socket = target.host.startsWith('/') ? addressOf(target) : null
    const by = socket === null ? `by ${tunnel.names.split(', ').at(-1) ?? ''}` : 'Unix socket'
    onStep({ name: 'resolve', state: 'not used', detail: by, elapsedMs: 0 })
    const reachedAt = performance.now()
    try {
      const stream = await tunnel.open(socket ?? target.host, target.port)
      onStep({ name: 'reach', state: 'done', detail: addressOf(target), elapsedMs: performance.now() - reachedAt })
      // What lies behind the last SSH server is a network, unless the database is on that server itself. Its resolver may send names
      // under localhost anywhere.
      return { stream, isLocal: isLocalHost(target.host) && !/\.localhost$/i.test(target.host) }
    } catch (error) {
      throw failedStep(onStep, 'reach', reachedAt, error as never) // as above
    }
  }

  private async tunnelOf(profileId: ProfileId, hops: readonly SshHop[], options: DialOptions): Promise<Tunnel> {
    const key = `${profileId} ${JSON.stringify(hops)}`
    const known = this.shared.get(key)
    if (known !== undefined && known.open?.isGone !== true) return known.opening
    const once = this.trustedOnce.get(profileId) ?? new Set<string>()
    this.trustedOnce.set(profileId, once)
    const shared: Shared = { opening: this.open(key, hops, once, options), open: null, linger: null }
    this.shared.set(key, shared)
    try {
      shared.open = await shared.opening
    } catch (error) {
      if (this.shared.get(key) === shared) this.shared.delete(key)
      throw error
    }
    if (this.shared.get(key) !== shared)
      shared.open.end() // closed with its profile meanwhile
    else this.closeWhenIdle(key)
    return shared.open
  }

  private async open(
    key: string,
    hops: readonly SshHop[],
    trustedOnce: Set<string>,
    { findSecret }: DialOptions,
  ): Promise<Tunnel> {
    const { hostKeys, limits = HOP_LIMITS, user } = this.options
    const route = resolveHops(hops, user())
    return openTunnel(route, { findSecret, hostKeys, trustedOnce, limits }, () => this.closeWhenIdle(key))
  }

  private closeWhenIdle(key: string): void {
    const shared = this.shared.get(key)
    if (shared === undefined) return
    if (shared.linger !== null) clearTimeout(shared.linger)
    shared.linger = setTimeout(() => {
      if (shared.open?.isUsed === false && this.shared.get(key) === shared) this.drop(key)
    }, this.options.lingerMs ?? LINGER_MS)
    shared.linger.unref()
  }

  private drop(key: string): void {
    const shared = this.shared.get(key)
    this.shared.delete(key)
    if (shared === undefined) return
    if (shared.linger !== null) clearTimeout(shared.linger)
    shared.open?.end()
  }
}
