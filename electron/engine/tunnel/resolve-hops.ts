import { join } from 'node:path'
import type { SshHop } from '../../../contract/profile'
import { fillPath, fillTokens, type Tokens } from './fill-tokens'
import { type ConfigPlace, type ConfigReader, type HostWords, readHostWords } from './ssh-config'
import { tunnelRefused } from './tunnel-failure'

/** How the user of this computer is known to SSH. */
export interface SshUser {
  readonly home: string
  readonly name: string
  readonly config: ConfigReader
  /** `SSH_AUTH_SOCK`, or the named pipe of Windows; null when there is none. */
  readonly agentSocket: string | null
  /** Folder with the system's known hosts: `/etc/ssh` where it is that. */
  readonly systemFolder: string
}

/** One SSH server on the way, with all that the profile and the configuration say about it. */
export interface ResolvedHop {
  /** The host as it was asked for: what people call it. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** `automatic` is that of a jump host of the configuration: agent, then keys that need no passphrase. */
  readonly authentication: SshHop['authentication'] | 'automatic'
  /** Private keys to try, in order; those of the profile or the configuration must be there, the usual ones need not. */
  readonly keyFiles: readonly string[]
  readonly areKeysNamed: boolean
  readonly isOnlyNamedKeys: boolean
  readonly agentSocket: string | null
  /** Names to look up in known_hosts; the first is the server's own. */
  readonly knownNames: readonly string[]
  readonly knownHostFiles: readonly string[]
  /** `StrictHostKeyChecking yes`: an unknown key is refused without asking. */
  readonly isStrict: boolean
  /** Place in the profile's tunnel, from 0; null for a jump host of the configuration. */
  readonly index: number | null
  readonly unread: readonly ConfigPlace[]
}

/** `host:port` as people read it, with the name it was asked for. */
export function hopName({ name, port }: Pick<ResolvedHop, 'name' | 'port'>): string {
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}

/** More jump hosts than this are a circle, or a mistake. */
const MAX_HOPS = 8

/**
 * The SSH servers on the way, the nearest first: those of the profile, before the first of them the jump hosts that the
 * configuration names for it. Throws a `tunnel` failure for what the configuration asks for and Strata does not do.
 */
export function resolveHops(tunnel: readonly SshHop[], user: SshUser): ResolvedHop[] {
  const own = tunnel.map((hop, index) => resolveHop(hop, index, user))
  const first = own[0]
  return first === undefined
    ? []
    : [...jumpsBefore(first, user, own.length, [first.hop.name]), ...own.map((it) => it.hop)]
}

interface Resolved {
  readonly hop: ResolvedHop
  readonly proxyJump: string | null
}

function jumpsBefore(
  { hop, proxyJump }: Resolved,
  user: SshUser,
  count: number,
  path: readonly string[],
): ResolvedHop[] {
  if (proxyJump === null) return []
  const words = proxyJump.split(',')
  if (count + words.length > MAX_HOPS) {
    throw tunnelRefused(
      `The SSH configuration leads to ${path[0]} over more than ${MAX_HOPS} jump hosts: ${path.join(', ')}.`,
      {
        advice: 'Look for a circle of ProxyJump in ~/.ssh/config.',
      },
    )
  }
  const jumps = words.map((word) => resolveHop(readJump(word, hop), null, user))
  const nearest = jumps[0]
  if (nearest === undefined) return []
  const before = jumpsBefore(nearest, user, count + jumps.length, [...path, nearest.hop.name])
  return [...before, ...jumps.map((it) => it.hop)]
}

/** `[user@]host[:port]`, or the same as a URI. */
function readJump(word: string, of: ResolvedHop): JumpWish {
  const text = word.replace(/^ssh:\/\//i, '').replace(/\/$/, '')
  const parts = /^(?:(.+)@)?(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text)
  const host = parts?.[2]?.replace(/^\[|\]$/g, '')
  const port = parts?.[3] === undefined ? null : Number(parts[3])
  if (host === undefined || (port !== null && (port < 1 || port > 65535))) {
    throw tunnelRefused(`The jump host "${word}" that ~/.ssh/config names for ${of.name} cannot be read.`, {
      advice: 'ProxyJump is [user@]host[:port], several of them parted by commas.',
    })
  }
  return { host, port, user: parts?.[1] ?? null, authentication: 'automatic', keyFile: null }
}

type JumpWish = Omit<SshHop, 'authentication'> & { readonly authentication: ResolvedHop['authentication'] }

function resolveHop(wish: JumpWish, index: number | null, user: SshUser): Resolved {
  const words = readHostWords(wish.host, user.config)
  if (words.proxyCommand !== null) {
    const { file, line } = words.proxyCommand
    throw tunnelRefused(`${file} line ${line} has a ProxyCommand for ${wish.host}, and Strata runs no programs.`, {
      advice: 'Use ProxyJump in its place, or add the jump host to the tunnel.',
    })
  }
  const unread = [...words.unread]
  const filled = (keyword: string, word: string, tokens: Partial<Tokens>): string | null => {
    const value = fillTokens(word, tokens)
    if (value === null) unread.push({ keyword, file: join(user.config.folder, 'config'), line: 0 })
    return value
  }
  const named =
    words.hostName === null ? null : filled('HostName', words.hostName, { host: wish.host, name: wish.host })
  const host = (named ?? wish.host).toLowerCase()
  const port = wish.port ?? portOf(words.port) ?? 22
  const login = wish.user ?? words.user ?? user.name
  const tokens: Tokens = { name: wish.host, host, port, user: login, home: user.home, localUser: user.name }
  const paths = (keyword: string, from: readonly string[]) =>
    from
      .filter((word) => word.toLowerCase() !== 'none')
      .flatMap((word) => {
        const path = fillPath(word, tokens)
        if (path === null) unread.push({ keyword, file: join(user.config.folder, 'config'), line: 0 })
        return path ?? []
      })
  const ssh = user.config.folder
  const areKeysNamed = wish.keyFile !== null || words.identityFiles.length > 0
  const keyFiles =
    wish.keyFile !== null
      ? [fillPath(wish.keyFile, tokens) ?? wish.keyFile]
      : areKeysNamed
        ? paths('IdentityFile', words.identityFiles)
        : ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(ssh, name))
  const hop: ResolvedHop = {
    name: wish.host,
    host,
    port,
    user: login,
    authentication: wish.authentication,
    keyFiles,
    areKeysNamed,
    isOnlyNamedKeys: words.identitiesOnly?.toLowerCase() === 'yes' && areKeysNamed,
    agentSocket: agentOf(words, tokens, user, unread),
    knownNames: namesOf(words.hostKeyAlias, host, port),
    knownHostFiles: [
      ...paths('UserKnownHostsFile', words.userKnownHosts ?? [join(ssh, 'known_hosts'), join(ssh, 'known_hosts2')]),
      ...paths(
        'GlobalKnownHostsFile',
        words.globalKnownHosts ?? ['ssh_known_hosts', 'ssh_known_hosts2'].map((name) => join(user.systemFolder, name)),
      ),
    ],
    isStrict: words.strictHostKeyChecking?.toLowerCase() === 'yes',
    index,
    unread,
  }
  const proxyJump = words.proxyJump === null ? null : filled('ProxyJump', words.proxyJump, tokens)
  return { hop, proxyJump }
}

function portOf(word: string | null): number | null {
  const port = word === null ? Number.NaN : Number(word)
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : null
}

/** As OpenSSH looks them up: a name without its port counts only when its key is the right one. */
function namesOf(alias: string | null, host: string, port: number): string[] {
  if (alias !== null) return [alias.toLowerCase()]
  return port === 22 ? [host] : [`[${host}]:${port}`, host]
}

function agentOf(words: HostWords, tokens: Tokens, user: SshUser, unread: ConfigPlace[]): string | null {
  const word = words.identityAgent
  if (word === null || word === 'SSH_AUTH_SOCK' || word === '$SSH_AUTH_SOCK') return user.agentSocket
  if (word.toLowerCase() === 'none') return null
  const path = word.startsWith('$') ? null : fillPath(word, tokens)
  if (path === null) unread.push({ keyword: 'IdentityAgent', file: join(user.config.folder, 'config'), line: 0 })
  return path
}
