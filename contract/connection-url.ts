import {
  type FoundParts,
  type FoundTarget,
  Parameters,
  readKeywords,
  splitCommandLine,
  Unreadable,
} from './connection-words'
import type { Target } from './profile'
import { TARGET_DEFAULTS } from './profile-defaults'

/** What a pasted text says about a connection, or why it cannot be read. */
export type ConnectionText = ({ readonly ok: true } & FoundParts) | { readonly ok: false; readonly message: string }

const MAX_UNITS = 16 * 1024
const SCHEME = /^(jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\//i
const ENVIRONMENT_LINE = /^(?:export\s+)?[A-Z_][A-Z0-9_]*=(["']?)(\S+)\1;?$/

/**
 * What a text says about a connection: a `postgres://` URL, libpq keywords (`host=… dbname=…`), a psql command line, or a line of an
 * environment file that holds a URL. Reads no file and no environment, expands nothing, and a value is only ever that value.
 */
export function parseConnectionText(text: string): ConnectionText {
  try {
    return { ok: true, ...read(text.trim()) }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, message: error.message }
    throw error
  }
}

const URL_SETTINGS: readonly (readonly [string, keyof Target])[] = [
  ['sslmode', 'tlsMode'],
  ['sslrootcert', 'rootCertificate'],
  ['sslcert', 'clientCertificate'],
  ['sslkey', 'clientKey'],
  ['sslcrl', 'revocationList'],
  ['sslnegotiation', 'tlsNegotiation'],
  ['channel_binding', 'channelBinding'],
  ['require_auth', 'authenticationMethods'],
]

/** A `postgres://` URL of the target that libpq reads too, without a password; what is as usual is left out, and a tunnel cannot be said. */
export function formatConnectionUrl(target: FoundTarget): string {
  const { host = '', port, database = '', role = '' } = target
  const shownHost = host.includes(':') ? `[${host.replace('%', '%25')}]` : encode(host)
  const settings = URL_SETTINGS.flatMap(([key, field]) => {
    const value = target[field]
    const isUsual = value === undefined || String(value) === String((TARGET_DEFAULTS as FoundTarget)[field])
    return isUsual ? [] : [`${key}=${encode(String(value))}`]
  })
  return [
    'postgres://',
    role === '' ? '' : `${encode(role)}@`,
    shownHost,
    port === undefined || port === 5432 ? '' : `:${port}`,
    `/${encode(database)}`,
    settings.length === 0 ? '' : `?${settings.join('&')}`,
  ].join('')
}

function read(text: string): FoundParts {
  const into = new Parameters()
  if (text === '') throw new Unreadable('The text is empty.')
  if (text.length > MAX_UNITS) throw new Unreadable('The text is too long for a connection.')
  const url = ENVIRONMENT_LINE.exec(text)?.[2] ?? unquoted(text)
  if (SCHEME.test(url)) readUrl(url, into)
  else if (/(^|[\s/\\])(psql|pgcli)(\.exe)?(["'\s]|$)/.test(text)) readCommandLine(text, into)
  else if (/^[A-Za-z_]+\s*=/.test(text)) readKeywords(text, into)
  else throw new Unreadable('Not a connection: begin with postgres://, with host=… or with psql.')
  const result = into.finish()
  if (Object.keys(result.found).length === 0 && result.password === null && result.keyPassphrase === null) {
    throw new Unreadable('The text names no part of a connection that Strata uses.')
  }
  return result
}

/** Source: PostgreSQL documentation, "Connection URIs". */
function readUrl(url: string, into: Parameters): void {
  if (/[\p{Cc}\s]/u.test(url))
    throw new Unreadable('The URL holds a space or a control character: write a space as %20.')
  if (/\$\{|\{\{|<[^>]*>|\[your-password\]/i.test(url)) {
    throw new Unreadable('The URL still holds a placeholder. Strata reads no variables: write the value itself.')
  }
  const scheme = SCHEME.exec(url)
  let rest = url.slice(scheme?.[0].length)
  // As libpq: the first @ ends role and password if no / comes before it.
  const credentials = /^([^@/]*)@/.exec(rest)?.[1]
  if (credentials !== undefined) {
    if (credentials.includes('?')) throw new Unreadable('A ? stands before the @. In a password, write ? as %3F.')
    rest = rest.slice(credentials.length + 1)
    const colon = credentials.indexOf(':')
    into.take('user', decode(colon < 0 ? credentials : credentials.slice(0, colon)))
    if (colon >= 0) into.take('password', decode(credentials.slice(colon + 1)))
  }
  const end = rest.search(/[/?]/)
  readHostAndPort(end < 0 ? rest : rest.slice(0, end), into)
  if (end < 0) return
  const question = rest.indexOf('?', end)
  const path = rest.slice(end, question < 0 ? undefined : question)
  if (path.length > 1) into.take('dbname', decode(path.slice(1)))
  if (question >= 0) readQuery(rest.slice(question + 1), scheme?.[1] !== undefined, into)
}

function readHostAndPort(text: string, into: Parameters): void {
  if (text.replace(/^\[[^\]]*\]/, '').includes(',')) {
    throw new Unreadable('The URL names several hosts. Strata connects to one: leave one of them.')
  }
  if (text.includes('@')) throw new Unreadable('The URL holds more than one @. In a password, write @ as %40.')
  let colon = text.indexOf(':')
  if (text.startsWith('[')) {
    const close = text.indexOf(']')
    if (close < 0) throw new Unreadable('The [ of the IPv6 address is never closed.')
    const address = decode(text.slice(1, close))
    if (!address.includes(':')) throw new Unreadable('Between [ and ] an IPv6 address is expected.')
    into.take('host', address)
    colon = close + 1
    if (colon < text.length && text.charAt(colon) !== ':') {
      throw new Unreadable('Behind the ] of the IPv6 address only :port or / can follow.')
    }
  } else into.take('host', decode(colon < 0 ? text : text.slice(0, colon)))
  if (colon >= 0) into.take('port', decode(text.slice(colon + 1)))
}

function readQuery(query: string, isJdbc: boolean, into: Parameters): void {
  // What the part before the ? says cannot be changed behind it: postgres://safe/db?host=other leads to safe (LAB 8).
  const isSaid = new Set(['host', 'port', 'dbname', 'user', 'password'].filter((key) => into.has(key)))
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    if (isSaid.has(key)) into.offer(key, value)
    else if (key === 'ssl' && value === 'true')
      into.take('sslmode', isJdbc ? 'verify-full' : 'require') // libpq's and the JDBC driver's meaning
    else into.take(key, value)
  }
}

const VALUE_OPTIONS = 'cdfFhLopPRTUv'
const FLAGS = 'aAbeEHlnqsStVwWxXz01?'
const LONG_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['host', 'h'],
  ['port', 'p'],
  ['username', 'U'],
  ['dbname', 'd'],
  ...['command', 'file', 'field-separator', 'log-file', 'output', 'pset', 'record-separator', 'set', 'table-attr'].map(
    (name): [string, string] => [name, ''],
  ),
  ['variable', ''],
])
/** libpq's environment variables that have a meaning here, and the keyword each stands for. */
export const LIBPQ_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['PGHOST', 'host'],
  ['PGPORT', 'port'],
  ['PGDATABASE', 'dbname'],
  ['PGUSER', 'user'],
  ['PGPASSWORD', 'password'],
  ['PGSSLMODE', 'sslmode'],
  ['PGSSLROOTCERT', 'sslrootcert'],
  ['PGSSLCERT', 'sslcert'],
  ['PGSSLKEY', 'sslkey'],
  ['PGSSLCRL', 'sslcrl'],
  ['PGSSLNEGOTIATION', 'sslnegotiation'],
  ['PGCHANNELBINDING', 'channel_binding'],
  ['PGREQUIREAUTH', 'require_auth'],
  ['PGOPTIONS', 'options'],
])
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s

/** Source: PostgreSQL documentation, "psql", Options; variables are those that stand in the line itself. */
function readCommandLine(line: string, into: Parameters): void {
  const words = splitCommandLine(line.replace(/^[$#>%]\s+/, ''))
  const program = words.findIndex((word) => !ASSIGNMENT.test(word))
  if (!/(^|[/\\])(psql|pgcli)(\.exe)?$/.test(words[program] ?? '')) {
    throw new Unreadable('Not a connection: begin with postgres://, with host=… or with psql.')
  }
  const positional: string[] = []
  for (let at = program + 1; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--') {
      positional.push(...words.slice(at + 1))
      break
    }
    if (word === '-' || !word.startsWith('-')) positional.push(word)
    else if (word.startsWith('--')) at += readLongOption(word, words[at + 1], into)
    else at += readShortOptions(word, words[at + 1], into)
  }
  for (const word of positional) {
    if (!into.has('dbname')) takeDatabase(word, into)
    else if (!into.has('user')) into.take('user', word)
    else into.ignore('a further argument', null)
  }
  for (const word of words.slice(0, program)) {
    const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? []
    const key = LIBPQ_VARIABLES.get(name)
    if (key === undefined) into.ignore(name, null)
    else into.offer(key, value) // options win over variables, as in psql
  }
}

/** Reads one long option; answers 1 when the next word was its value. */
function readLongOption(word: string, next: string | undefined, into: Parameters): 0 | 1 {
  const equals = word.indexOf('=')
  const name = word.slice(2, equals < 0 ? undefined : equals)
  const option = LONG_OPTIONS.get(name)
  if (option === undefined) into.ignore(`--${name}`, null)
  else takeOption(`--${name}`, option, equals < 0 ? next : word.slice(equals + 1), into)
  return option !== undefined && equals < 0 ? 1 : 0
}

/** Reads one word of short options such as -Atqhlocalhost; answers 1 when the next word was a value. */
function readShortOptions(word: string, next: string | undefined, into: Parameters): 0 | 1 {
  for (let at = 1; at < word.length; at += 1) {
    const option = word.charAt(at)
    if (VALUE_OPTIONS.includes(option)) {
      const attached = word.slice(at + 1)
      takeOption(`-${option}`, option, attached === '' ? next : attached, into)
      return attached === '' ? 1 : 0
    }
    if (!FLAGS.includes(option)) into.ignore(`-${option}`, null)
  }
  return 0
}

function takeOption(shown: string, option: string, value: string | undefined, into: Parameters): void {
  if (value === undefined) throw new Unreadable(`The value of the option ${shown} is missing.`)
  if (option === 'h') into.take('host', value)
  else if (option === 'p') into.take('port', value)
  else if (option === 'U') into.take('user', value)
  else if (option === 'd') takeDatabase(value, into)
  else into.ignore(shown, null)
}

/** psql's database argument may itself be a URL or keywords; nowhere else is a name looked into. */
function takeDatabase(value: string, into: Parameters): void {
  if (SCHEME.test(value)) readUrl(value, into)
  else if (value.includes('=')) readKeywords(value, into)
  else into.take('dbname', value)
}

function decode(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) {
    throw new Unreadable('A % is not followed by two hexadecimal digits. Write a % itself as %25.')
  }
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Unreadable('The characters written with % are not UTF-8.')
  }
}

function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\uFFFD'))
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
}
