import { type FoundSettings, readOptions, readRequireAuth } from './connection-options'
import { type Target, tlsMode } from './profile'

/** The parts of a target that a text names; what it does not name is absent. */
export type FoundTarget = { readonly [K in keyof Target]?: Target[K] }

/** What a text says, in the words of a target. */
export interface FoundParts {
  readonly found: FoundTarget
  readonly settings: FoundSettings
  readonly password: string | null
  /** `sslpassword`: the passphrase of the client key. */
  readonly keyPassphrase: string | null
  /** Parameters that have no effect here, by name: they are to be shown. */
  readonly ignored: string[]
}

/** Thrown while reading a text: its message is for the person who pasted it and never holds a part of the text that may be a password. */
export class Unreadable extends Error {}

// libpq's keywords that have a meaning here, with the most characters each may have. A Map, because keys come from the text:
// `constructor` is no keyword.
const LIMITS: ReadonlyMap<string, number> = new Map([
  ['host', 1024],
  ['port', 5],
  ['dbname', 63],
  ['user', 63],
  ['password', 4096],
  ['sslmode', 16],
  ['sslrootcert', 4096],
  ['sslcert', 4096],
  ['sslkey', 4096],
  ['sslpassword', 4096],
  ['sslcrl', 4096],
  ['sslnegotiation', 16],
  ['channel_binding', 16],
  ['require_auth', 200],
  ['options', 4096],
  ['keepalives_idle', 5],
])
const SECRETS = new Set(['password', 'sslpassword'])
const NAMES: ReadonlyMap<string, string> = new Map([
  ['dbname', 'database'],
  ['user', 'role'],
])
const FILES = { sslcert: 'clientCertificate', sslkey: 'clientKey', sslcrl: 'revocationList' } as const
const NEGOTIATIONS = ['postgres', 'direct'] as const
const BINDINGS = ['disable', 'prefer', 'require'] as const

/** Collects libpq's parameters from the parts of a text, in libpq's names, and answers with what they mean for a target. */
export class Parameters {
  private readonly values = new Map<string, string>()
  private readonly unused = new Set<string>()

  /** Notes a parameter; a second, different value for it makes the text unreadable, because either could be the meant one. */
  take(key: string, value: string): void {
    if (!LIMITS.has(key) || !isWord(key, value)) {
      this.ignore(key, value)
      return
    }
    if (value === '') return // libpq: an empty value is none
    check(key, value)
    const before = this.values.get(key)
    if (before !== undefined && before !== value) {
      throw new Unreadable(`The ${nameOf(key)} is given twice, with different values. Leave one of them.`)
    }
    this.values.set(key, value)
  }

  /** Notes a parameter only where the text has not said it already: then it is named as ignored. */
  offer(key: string, value: string): void {
    const before = this.values.get(key)
    if (before === undefined || before === value) this.take(key, value)
    else this.ignore(key, value)
  }

  /** Names a parameter as ignored. Values are shown for keywords that hold no secret, and only for those. */
  ignore(key: string, value: string | null): void {
    const isOpen = key === 'hostaddr' || key === 'ssl' || (LIMITS.has(key) && !SECRETS.has(key) && key !== 'options')
    const shown = isOpen && value !== null && value !== '' ? `${key}=${value}` : key
    this.unused.add(shown.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 60))
  }

  /** True once the parameter has a value. */
  has(key: string): boolean {
    return this.values.has(key)
  }

  /** Everything found, in the words of a target. */
  finish(): FoundParts {
    const { values } = this
    const found: { -readonly [K in keyof Target]?: Target[K] } = {}
    const host = values.get('host')
    if (host !== undefined) found.host = host
    const port = values.get('port')
    if (port !== undefined) found.port = Number(port)
    const database = values.get('dbname')
    if (database !== undefined) found.database = database
    const role = values.get('user')
    if (role !== undefined) found.role = role
    const mode = tlsMode.safeParse(values.get('sslmode')).data
    if (mode !== undefined) found.tlsMode = mode
    const root = values.get('sslrootcert')
    if (root !== undefined) found.rootCertificate = root
    if (root === 'system') {
      // libpq: the system's roots are trusted for any name, so that only verify-full is accepted with them.
      if (mode !== undefined && mode !== 'verify-full') {
        throw new Unreadable(`sslrootcert=system is only valid with sslmode=verify-full, and the text says ${mode}.`)
      }
      found.tlsMode = 'verify-full'
    }
    for (const [key, field] of Object.entries(FILES)) {
      const file = values.get(key)
      if (file !== undefined) found[field] = file
    }
    const negotiation = NEGOTIATIONS.find((word) => word === values.get('sslnegotiation'))
    if (negotiation !== undefined) found.tlsNegotiation = negotiation
    const binding = BINDINGS.find((word) => word === values.get('channel_binding'))
    if (binding !== undefined) found.channelBinding = binding
    const methods = readRequireAuth(values.get('require_auth') ?? '')
    if (methods !== null) found.authenticationMethods = methods
    const { settings, unused } = readOptions(values.get('options') ?? '')
    const idle = values.get('keepalives_idle')
    return {
      found,
      settings: idle === undefined ? settings : { ...settings, keepaliveSeconds: Number(idle) },
      password: values.get('password') ?? null,
      keyPassphrase: values.get('sslpassword') ?? null,
      ignored: [...this.unused, ...unused],
    }
  }
}

/** The pairs of a libpq keyword string such as `host=a dbname='my db'`. Source: PostgreSQL documentation, "Connection Strings". */
export function readKeywords(text: string, into: Parameters): void {
  let at = 0
  const skipSpace = () => {
    while (at < text.length && isSpace(text.charAt(at))) at += 1
  }
  for (skipSpace(); at < text.length; skipSpace()) {
    const from = at
    while (at < text.length && text.charAt(at) !== '=' && !isSpace(text.charAt(at))) at += 1
    const key = text.slice(from, at)
    skipSpace()
    if (text.charAt(at) !== '=' || key === '') {
      throw new Unreadable('A word without "=" stands in the text. Put values that hold spaces in single quotes.')
    }
    at += 1
    skipSpace()
    const isQuoted = text.charAt(at) === "'"
    if (isQuoted) at += 1
    let value = ''
    for (; ; at += 1) {
      if (at >= text.length) {
        if (isQuoted) throw new Unreadable(`The single quote after "${key.slice(0, 60)}=" is never closed.`)
        break
      }
      let character = text.charAt(at)
      if (isQuoted ? character === "'" : isSpace(character)) break
      if (character === '\\') {
        at += 1
        character = text.charAt(at)
      }
      value += character
    }
    if (isQuoted) at += 1
    into.take(key, value)
  }
}

/** The words of a command line as a POSIX shell parts them. Nothing is expanded: what a shell would replace makes the line unreadable. */
export function splitCommandLine(line: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (quote === "'") {
      if (character === "'") quote = ''
      else word += character
      continue
    }
    if (character === '$' || character === '`') {
      throw new Unreadable(
        'The command line holds a $ or ` that a shell would replace. Strata reads no variables: write the value itself.',
      )
    }
    if (character === '\\') {
      const next = line.charAt(at + 1)
      // A backslash at the end of a line goes on with the next one; a text field turns that line break into a space.
      if (quote === '' && (next === '' || isSpace(next))) continue
      if (quote === '' || '"\\$`'.includes(next)) {
        word = (word ?? '') + next
        at += 1
        continue
      }
    }
    if (quote === '"') {
      if (character === '"') quote = ''
      else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (isSpace(character)) {
      if (word !== null) words.push(word)
      word = null
    } else if ('|;&<>()'.includes(character)) {
      throw new Unreadable(`The command line goes on behind psql with "${character}". Paste the psql command alone.`)
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new Unreadable(`A quote (${quote}) in the command line is never closed.`)
  if (word !== null) words.push(word)
  return words
}

/** False for a value that is none of the words its keyword can have: then the keyword is named as ignored. */
function isWord(key: string, value: string): boolean {
  if (value === '') return true
  if (key === 'sslmode') return tlsMode.safeParse(value).success
  if (key === 'sslnegotiation') return NEGOTIATIONS.some((word) => word === value)
  if (key === 'channel_binding') return BINDINGS.some((word) => word === value)
  if (key === 'require_auth') return readRequireAuth(value) !== null
  if (key === 'keepalives_idle') return /^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= 3600
  return true
}

function nameOf(key: string): string {
  return NAMES.get(key) ?? key
}

function check(key: string, value: string): void {
  // U+0000 would end the field in PostgreSQL's start-up message and begin another (LAB 10 of the threat catalogue).
  if (/[\p{Cc}\p{Cs}]/u.test(value)) throw new Unreadable(`The ${nameOf(key)} holds a control character.`)
  if (key === 'host') checkHost(value)
  if (key === 'port') checkPort(value)
  if (key === 'dbname' && value.includes('://')) {
    throw new Unreadable('The database name looks like a URL. Check the quotes around it.')
  }
  const limit = LIMITS.get(key) ?? 0
  if (value.length > limit) throw new Unreadable(`The ${nameOf(key)} is longer than ${limit} characters.`)
}

function checkHost(host: string): void {
  if (host.includes(','))
    throw new Unreadable('The text names several hosts. Strata connects to one: leave one of them.')
  if (host.startsWith('/') && !/\p{Cf}/u.test(host)) return
  const isName = /^[\p{L}\p{M}\p{N}._-]+$/u.test(host)
  const isAddress = host.includes(':') && /^[0-9a-f:.]+(%[\w.-]+)?$/i.test(host)
  if (isName || isAddress) return
  throw new Unreadable(
    'The host holds characters that a host name cannot have. In a password, write @ as %40, / as %2F and : as %3A.',
  )
}

function checkPort(port: string): void {
  if (port.includes(','))
    throw new Unreadable('The text names several ports. Strata connects to one: leave one of them.')
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535) return
  throw new Unreadable(
    'The port is not a number from 1 to 65535. In a password, write @ as %40, / as %2F and : as %3A.',
  )
}

/** As the C locale's isspace. */
function isSpace(character: string): boolean {
  return character !== '' && ' \t\n\v\f\r'.includes(character)
}
