import type { HostKeyAnswer, HostKeyQuestion } from '../../../contract/host-key'
import { writeAtomically } from '../disk/atomic-write'
import type { FailureError } from '../failure-error'
import { fingerprintOf, keyTypeName } from './fingerprint'
import { hostKeyAlgorithms, judgeHostKey, type KnownHost, keyTypeOf, parseKnownHosts } from './known-hosts'
import { readPlainFile } from './plain-file'
import { hopName, type ResolvedHop } from './resolve-hops'
import { tunnelRefused } from './tunnel-failure'

/** Asks the person whether a server's key is trusted; closing the question is `cancel`. */
export type AskHostKey = (question: HostKeyQuestion) => Promise<HostKeyAnswer>

/** What is known of the keys of one hop, as it was when it was read. */
export interface HopKeys {
  /** Signature algorithms to ask the server for. */
  readonly algorithms: string[]
  /** Where the key that was shown is known from; null for a key that nobody knows. Throws for a key that must not be accepted. */
  readonly judge: (key: Buffer) => string | null
}

/** No file of known hosts is longer. */
const MAX_BYTES = 16 * 1024 * 1024

const HEADER = `# SSH servers whose keys were trusted in Strata, in the format of known_hosts. Remove a line to be asked again.\n`

/** The host keys that are trusted: by the user's own files, which are only read, and by answers given in Strata, which are kept in a file of ours. */
export class HostKeys {
  private readonly file: string
  private readonly ask: AskHostKey
  private readonly pending = new Map<string, Promise<HostKeyAnswer>>()
  private writing: Promise<void> = Promise.resolve()

  constructor(file: string, ask: AskHostKey) {
    this.file = file
    this.ask = ask
  }

  /** Reads what is known of a hop. `once` holds the keys that were trusted for the time being. */
  of(hop: ResolvedHop, once: ReadonlySet<string>): HopKeys {
    const known = [this.file, ...hop.knownHostFiles].flatMap(read)
    return {
      algorithms: hostKeyAlgorithms(known, hop.knownNames),
      judge: (key) => {
        const verdict = judgeHostKey(known, hop.knownNames, key)
        if (verdict.type === 'trusted') return verdict.entry.file === this.file ? 'trusted in Strata' : 'known_hosts'
        if (verdict.type === 'revoked') throw revokedKey(hop, key, verdict.entry)
        if (verdict.type === 'changed') throw changedKey(hop, key, verdict.entries)
        return once.has(mark(hop, key)) ? 'trusted once' : null
      },
    }
  }

  /** Asks about a key that nobody knows, once for all who wait, and remembers it as the person wishes; throws when it is not trusted. */
  async settle(hop: ResolvedHop, key: Buffer, once: Set<string>): Promise<void> {
    // Another connection may have asked meanwhile.
    if (this.of(hop, once).judge(key) !== null) return
    const server = hopName(hop)
    const keyType = keyTypeName(keyTypeOf(key))
    const fingerprint = fingerprintOf(key)
    if (hop.isStrict) {
      throw tunnelRefused(`The ${keyType} key of the SSH server ${server} is not known: ${fingerprint}.`, {
        advice: 'StrictHostKeyChecking is "yes" for it, so that nobody is asked. Add its key to known_hosts.',
      })
    }
    const subject = mark(hop, key)
    const asked =
      this.pending.get(subject) ??
      this.askAndNote(hop, key, { server, host: hop.host, port: hop.port, keyType, fingerprint })
    this.pending.set(subject, asked)
    const answer = await asked.finally(() => this.pending.delete(subject))
    if (answer === 'cancel') {
      throw tunnelRefused(`The ${keyType} key of the SSH server ${server} was not trusted: ${fingerprint}.`, {
        advice: 'Nothing was sent to it. Connect again to be asked again.',
      })
    }
    if (answer === 'once') once.add(subject)
  }

  private async askAndNote(hop: ResolvedHop, key: Buffer, question: HostKeyQuestion): Promise<HostKeyAnswer> {
    const answer = await this.ask(question)
    if (answer !== 'trust') return answer
    // A name that known_hosts would read as a pattern must not be written there.
    if (!/^[\p{L}\p{N}._:%[\]-]+$/u.test(hop.knownNames[0] ?? '')) return 'once'
    await this.remember(hop, key)
    return answer
  }

  private remember(hop: ResolvedHop, key: Buffer): Promise<void> {
    const line = `${hop.knownNames[0] ?? hop.host} ${keyTypeOf(key)} ${key.toString('base64')}\n`
    const written = this.writing.then(async () => {
      const before = textOf(this.file)
      if (before.split('\n').includes(line.trimEnd())) return
      const text = before === '' ? HEADER : before.endsWith('\n') ? before : `${before}\n`
      await writeAtomically(this.file, text + line, { mode: 0o600, copies: 1 })
    })
    this.writing = written.catch(() => {})
    return written
  }
}

function mark(hop: ResolvedHop, key: Buffer): string {
  return `${hop.knownNames[0] ?? hop.host} ${fingerprintOf(key)}`
}

function read(file: string): KnownHost[] {
  return parseKnownHosts(textOf(file), file)
}

function textOf(file: string): string {
  return readPlainFile(file, MAX_BYTES)?.toString('utf8') ?? ''
}

function changedKey(hop: ResolvedHop, key: Buffer, entries: readonly KnownHost[]): FailureError {
  const type = keyTypeOf(key)
  const old = entries.find((entry) => entry.keyType === type) ?? entries[0]
  const known = old === undefined ? '' : `${keyTypeName(old.keyType)} ${fingerprintOf(old.key)}`
  const place = old === undefined ? '' : `${old.file} line ${old.line}`
  return tunnelRefused(
    `The key of the SSH server ${hopName(hop)} has changed. It shows ${keyTypeName(type)} ${fingerprintOf(key)}; known is ${known}.`,
    {
      advice: `Somebody may stand between you and the server, or it was set up anew. Nothing was sent to it. Ask its administrator; if the new key is right, remove the old one: ${place}.`,
    },
  )
}

function revokedKey(hop: ResolvedHop, key: Buffer, entry: KnownHost): FailureError {
  return tunnelRefused(
    `The key of the SSH server ${hopName(hop)} is revoked: ${keyTypeName(keyTypeOf(key))} ${fingerprintOf(key)}.`,
    { advice: `It says so in ${entry.file} line ${entry.line}. Nothing was sent to the server.` },
  )
}
