import { domainToASCII } from 'node:url'
import type { FoundSettings } from '../../../../contract/connection-options'
import { parseConnectionText } from '../../../../contract/connection-url'
import { type FoundParts, type FoundTarget, Parameters, Unreadable } from '../../../../contract/connection-words'
import type { Environment, SshHop } from '../../../../contract/profile'
import type { SecretKind } from '../../../../contract/secret'
import { reasonFor } from './ignored-keys'
import { plainText } from './plain-text'

/** Something to say about a finding; `line` counts from 1. */
export interface Remark {
  readonly line: number | null
  readonly message: string
}

/** A key that was not used, and why. */
export interface Ignored {
  readonly name: string
  readonly reason: string
}

const FIELD_NAMES: { readonly [K in keyof FoundTarget]: string } = {
  role: 'role',
  database: 'database',
  tlsMode: 'sslmode',
}
const MOST_REMARKS = 50

/** One connection as it is being read from a source: gathers what is said about it, and what cannot be used. */
export class FoundConnection {
  readonly place: string
  readonly line: number | null
  name = ''
  folder = ''
  /** Texts that may tell what the connection is for, besides its own names. */
  hints: string[] = []
  environment: Environment | null = null
  target: { -readonly [K in keyof FoundTarget]: FoundTarget[K] } = {}
  settings: { -readonly [K in keyof FoundSettings]: FoundSettings[K] } = {}
  readonly secrets = new Map<SecretKind, string>()
  readonly problems: Remark[] = []
  readonly notes: Remark[] = []
  readonly ignored: Ignored[] = []
  /** Keywords whose value was named but cannot be used: nothing is assumed in their place. */
  readonly refused = new Set<string>()
  private isUnclear = false

  constructor(place: string, line: number | null) {
    this.place = plainText(place, 120)
    this.line = line
  }

  /** Notes libpq's keyword with its value; one that cannot be used becomes a problem at its line. */
  take(key: string, value: string, line: number | null): void {
    this.attempt(line, key, () => {
      const parameters = new Parameters()
      parameters.take(key, value)
      return parameters.finish()
    })
  }

  /** Notes everything that a URL, libpq keywords or a psql command line says; when it cannot be read, nothing of it. */
  takeText(text: string, line: number | null): void {
    const parsed = parseConnectionText(text)
    if (parsed.ok) this.attempt(line, 'host', () => parsed)
    else {
      this.isUnclear = true
      this.problem(parsed.message, line)
    }
  }

  /** Notes that a value was named which cannot be used. */
  refuse(key: string, message: string, line: number | null): void {
    this.refused.add(key)
    this.problem(message, line)
  }

  /** Says what could not be used. */
  problem(message: string, line: number | null): void {
    if (this.problems.length < MOST_REMARKS) this.problems.push({ line, message })
  }

  /** Says something about what was taken. */
  note(message: string, line: number | null): void {
    if (this.notes.length < MOST_REMARKS) this.notes.push({ line, message })
  }

  /** Names a key that was not used. */
  ignore(name: string, reason: string = reasonFor(name)): void {
    const shown = plainText(name, 60)
    if (this.ignored.length >= MOST_REMARKS || this.ignored.some((each) => each.name === shown)) return
    this.ignored.push({ name: shown, reason })
  }

  /** Notes the SSH servers to go through. */
  takeTunnel(hops: readonly SshHop[]): void {
    this.target.tunnel = [...hops]
  }

  /** True when the source says something usable. */
  get saysSomething(): boolean {
    return Object.keys(this.target).length > 0 || this.secrets.size > 0 || this.problems.length > 0
  }

  /** True when a text that would have said where it leads could not be read: nothing is assumed then. */
  get isUnreadable(): boolean {
    return this.isUnclear
  }

  private attempt(line: number | null, key: string, read: () => FoundParts): void {
    let parts: FoundParts
    try {
      parts = read()
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.refuse(key, error.message, line)
      return
    }
    this.merge(parts, line)
  }

  private merge({ found, settings, password, keyPassphrase, ignored }: FoundParts, line: number | null): void {
    for (const [field, value] of Object.entries(found)) {
      const known = this.target as Record<string, unknown>
      const before = known[field]
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value)) {
        const name = FIELD_NAMES[field as keyof FoundTarget] ?? field
        this.problem(`The ${name} is given twice, with different values: the first one was taken.`, line)
      } else known[field] = value
    }
    Object.assign(this.settings, settings)
    this.takeSecret('password', password, line)
    this.takeSecret('client key', keyPassphrase, line)
    for (const each of ignored) this.ignore(each, reasonFor(each))
    const host = found.host
    if (host !== undefined && !host.startsWith('/') && /[^ -~]/.test(host)) {
      const looked = domainToASCII(host)
      const name = looked === '' ? '' : ` It is looked up as ${looked}.`
      this.note(`The host holds letters outside ASCII, which can look like others.${name}`, line)
    }
  }

  private takeSecret(kind: SecretKind, secret: string | null, line: number | null): void {
    if (secret === null) return
    const before = this.secrets.get(kind)
    if (before === undefined) this.secrets.set(kind, secret)
    else if (before !== secret)
      this.problem(`The ${kind} is given twice, with different values: the first one was taken.`, line)
  }
}
