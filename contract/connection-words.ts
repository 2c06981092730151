import { type Target, type TlsMode, tlsMode } from './profile'

/** The parts of a target that a text names; what it does not name is absent. */
export type FoundTarget = { readonly [K in keyof Target]?: Target[K] }

/** Thrown while reading a text: its message is for the person who pasted it and never holds a part of the text that may be a password. */
export class Unreadable extends Error {}

type Field = 'host' | 'port' | 'database' | 'role' | 'password' | 'tlsMode' | 'rootCertificate'

// A Map, because keys come from the text: `constructor` is no keyword.
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['host', 'host'],
  ['port', 'port'],
  ['dbname', 'database'],
  ['user', 'role'],
  ['password', 'password'],
  ['sslmode', 'tlsMode'],
  ['sslrootcert', 'rootCertificate'],
])
const NAMES: Readonly<Record<Field, string>> = {
  host: 'host',
  port: 'port',
  database: 'database',
  role: 'role',
  password: 'password',
  tlsMode: 'sslmode',
  rootCertificate: 'sslrootcert',
}
const LIMITS: Readonly<Record<Field, number>> = {
  host: 1024,
  port: 5,
  database: 63,
  role: 63,
  password: 4096,
  tlsMode: 16,
  rootCertificate: 4096,
}

/** Collects libpq's parameters from the parts of a text, in libpq's names, and answers with what they mean for a target. */
export class Parameters {
  private readonly values = new Map<Field, string>()
  private readonly unused = new Set<string>()

  /** Notes a parameter; a second, different value for it makes the text unreadable, because either could be the meant one. */
  take(key: string, value: string): void {
    const field = FIELDS.get(key)
    if (field === undefined || (field === 'tlsMode' && !tlsMode.safeParse(value).success)) {
      this.ignore(key, value)
      return
    }
    if (value === '') return // libpq: an empty value is none
    check(field, value)
    const before = this.values.get(field)
    if (before !== undefined && before !== value) {
      throw new Unreadable(`The ${NAMES[field]} is given twice, with different values. Leave one of them.`)
    }
    this.values.set(field, value)
  }

  /** Notes a parameter only where the text has not said it already: then it is named as ignored. */
  offer(key: string, value: string): void {
    const field = FIELDS.get(key)
    const before = field === undefined ? undefined : this.values.get(field)
    if (before === undefined || before === value) this.take(key, value)
    else this.ignore(key, value)
  }

  /** Names a parameter as ignored. Values are shown for keywords that hold no secret, and only for those. */
  ignore(key: string, value: string | null): void {
    const isOpen = key === 'hostaddr' || key === 'ssl' || (FIELDS.has(key) && key !== 'password')
    const shown = isOpen && value !== null && value !== '' ? `${key}=${value}` : key
    this.unused.add(shown.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 60))
  }

  /** True once the parameter has a value. */
  has(key: string): boolean {
    const field = FIELDS.get(key)
    return field !== undefined && this.values.has(field)
  }

  /** Everything found, in the words of a target. */
  finish(): { readonly found: FoundTarget; readonly password: string | null; readonly ignored: string[] } {
    const { values } = this
    const found: { -readonly [K in keyof Target]?: Target[K] } = {}
    const host = values.get('host')
    if (host !== undefined) found.host = host
    const port = values.get('port')
    if (port !== undefined) found.port = Number(port)
    const database = values.get('database')
    if (database !== undefined) found.database = database
    const role = values.get('role')
    if (role !== undefined) found.role = role
    const mode = values.get('tlsMode')
    if (mode !== undefined) found.tlsMode = mode as TlsMode // only its words are ever taken
    const root = values.get('rootCertificate')
    if (root === 'system') {
      // libpq: the system's roots are trusted for any name, so that only verify-full is accepted with them.
      if (mode !== undefined && mode !== 'verify-full') {
        throw new Unreadable(`sslrootcert=system is only valid with sslmode=verify-full, and the text says ${mode}.`)
      }
      found.tlsMode = 'verify-full'
      found.rootCertificate = null
    } else if (root !== undefined) found.rootCertificate = root
    return { found, password: values.get('password') ?? null, ignored: [...this.unused] }
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

function check(field: Field, value: string): void {
  const name = NAMES[field]
  // U+0000 would end the field in PostgreSQL's start-up message and begin another (LAB 10 of the threat catalogue).
  if (/[\p{Cc}\p{Cs}]/u.test(value)) throw new Unreadable(`The ${name} holds a control character.`)
  if (field === 'host') checkHost(value)
  if (field === 'port') checkPort(value)
  if (field === 'database' && value.includes('://')) {
    throw new Unreadable('The database name looks like a URL. Check the quotes around it.')
  }
  if (value.length > LIMITS[field]) throw new Unreadable(`The ${name} is longer than ${LIMITS[field]} characters.`)
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
