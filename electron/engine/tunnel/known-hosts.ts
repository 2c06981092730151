import { createHmac } from 'node:crypto'
import { fitsPatterns } from './name-pattern'

/** One line of a known_hosts file, in the format of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | null
  /** Comma-separated patterns, or one hashed name. */
  readonly hosts: string
  readonly keyType: string
  readonly key: Buffer
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** What is known of a server's key. Only `trusted` may be let through without asking; `changed` and `revoked` never. */
export type HostKeyVerdict =
  | { readonly type: 'trusted'; readonly entry: KnownHost }
  | { readonly type: 'unknown' }
  | { readonly type: 'changed'; readonly entries: readonly KnownHost[] }
  | { readonly type: 'revoked'; readonly entry: KnownHost }

/** The entries of a known_hosts file; lines that say nothing are left out. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const entry = parseLine(line.trim(), file, index + 1)
    return entry === null ? [] : [entry]
  })
}

function parseLine(line: string, file: string, number: number): KnownHost | null {
  if (line === '' || line.startsWith('#')) return null
  const words = line.split(/[ \t]+/)
  const first = words[0] ?? ''
  const marker = first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'cert-authority' : null
  // A marker nobody knows may restrict what follows it.
  if (marker === null && first.startsWith('@')) return null
  const [hosts = '', keyType = '', encoded = ''] = marker === null ? words : words.slice(1)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null
  const key = Buffer.from(encoded, 'base64')
  if (keyTypeOf(key) !== keyType) return null
  return { marker, hosts, keyType, key, file, line: number }
}

/** The type that a public key in SSH's wire format says it has; empty when it is not one. */
export function keyTypeOf(key: Buffer): string {
  if (key.length < 4) return ''
  const length = key.readUInt32BE(0)
  return length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length)
}

/** The entries that speak of a name. */
export function entriesFor(known: readonly KnownHost[], name: string): KnownHost[] {
  return known.filter((entry) => speaksOf(entry.hosts, name))
}

function speaksOf(hosts: string, name: string): boolean {
  if (!hosts.startsWith('|')) return fitsPatterns(name, hosts.toLowerCase().split(','))
  const [, version, salt = '', hash = ''] = hosts.split('|')
  if (version !== '1') return false
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.equals(Buffer.from(hash, 'base64'))
}

/**
 * What the files say of a key that a server has shown. `names` are tried in order; the first is the server's own, for which another
 * key counts as changed, whatever its type: a server is asked for the types that are known. Certificate authorities are not used.
 */
export function judgeHostKey(known: readonly KnownHost[], names: readonly string[], key: Buffer): HostKeyVerdict {
  const ofNames = names.map((name) => entriesFor(known, name))
  const revoked = ofNames.flat().find((entry) => entry.marker === 'revoked' && entry.key.equals(key))
  if (revoked !== undefined) return { type: 'revoked', entry: revoked }
  const plain = ofNames.map((entries) => entries.filter((entry) => entry.marker === null))
  const match = plain.flat().find((entry) => entry.key.equals(key))
  if (match !== undefined) return { type: 'trusted', entry: match }
  const others = (plain[0] ?? []).filter((entry) => isUsable(entry.keyType))
  return others.length === 0 ? { type: 'unknown' } : { type: 'changed', entries: others }
}

/** Types of host keys that Strata can ask a server for. */
const USABLE = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'] as const

function isUsable(keyType: string): boolean {
  return USABLE.some((usable) => usable === keyType)
}

/** Signature algorithms to ask a server for, those of keys that are known first, so that it shows a known key when it still has it. */
export function hostKeyAlgorithms(known: readonly KnownHost[], names: readonly string[]): string[] {
  const types = new Set(
    names.flatMap((name) => entriesFor(known, name).flatMap(({ marker, keyType }) => (marker === null ? keyType : []))),
  )
  const inOrder = [...USABLE].sort((a, b) => Number(types.has(b)) - Number(types.has(a)))
  // RSA with SHA-1 is left out, as OpenSSH has it since 8.8.
  return inOrder.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
}
