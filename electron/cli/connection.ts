import { userInfo } from 'node:os'
import { type ConnectionText, parseConnectionText } from '../../contract/connection-url'
import { type Target, target as targetSchema, tlsMode } from '../../contract/profile'
import { methodsFor, TARGET_DEFAULTS } from '../../contract/profile-defaults'
import { refusal } from '../engine/failure-error'
import type { CommonOptions } from './command'

/** Where the command line leads. */
export interface Connection {
  readonly target: Target
  /** Null when none is known: it is asked for when the server wants one. */
  readonly password: string | null
  /** True when the password stands among the words of the command. */
  readonly isPasswordInWords: boolean
  /** What the user should know about how it was given. */
  readonly warnings: readonly string[]
}

/** A connection is read from these names, in this order, where there is no `--url`. */
const URL_VARIABLES = ['STRATA_DATABASE_URL', 'DATABASE_URL'] as const

/**
 * The connection of a command: of `--url`, of a variable with a URL, and what these do not say from libpq's variables. The
 * password of a URL goes before PGPASSWORD, as in libpq. Throws a refusal that never holds a password.
 */
export function findConnection(
  options: Pick<CommonOptions, 'url' | 'sslMode' | 'sslRootCertificate'>,
  environment: Readonly<Record<string, string | undefined>>,
): Connection {
  const variable = options.url === null ? URL_VARIABLES.find((name) => (environment[name] ?? '') !== '') : undefined
  const source = options.url === null ? variable : '--url'
  const text = options.url ?? (variable === undefined ? null : (environment[variable] ?? ''))
  const { found, password, ignored } = text === null ? NOTHING : readOrRefuse(text, source ?? '')
  const said = (name: string) => environment[name] || undefined
  if (text === null && said('PGHOST') === undefined && said('PGDATABASE') === undefined) {
    throw refusal(
      'url',
      'No database is named. Give --url postgres://role@host/database, or set STRATA_DATABASE_URL, DATABASE_URL, or PGHOST and PGDATABASE.',
    )
  }
  const role = found.role ?? said('PGUSER') ?? userInfo().username
  const mode = options.sslMode ?? found.tlsMode ?? said('PGSSLMODE') ?? 'prefer'
  if (!tlsMode.safeParse(mode).success) {
    throw refusal('sslmode', `The TLS mode "${mode}" is not known. It is one of ${tlsMode.options.join(', ')}.`)
  }
  const host = found.host ?? said('PGHOST') ?? 'localhost'
  const checked = targetSchema.safeParse({
    ...TARGET_DEFAULTS,
    authenticationMethods: methodsFor(host),
    ...found,
    host,
    port: found.port ?? Number(said('PGPORT') ?? 5432),
    database: found.database ?? said('PGDATABASE') ?? role,
    role,
    tlsMode: mode,
    rootCertificate: options.sslRootCertificate ?? found.rootCertificate ?? said('PGSSLROOTCERT') ?? null,
  })
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw refusal('url', `The connection cannot be used: ${String(issue?.path[0] ?? '')} ${issue?.message ?? ''}.`)
  }
  const warnings: string[] = []
  const isPasswordInWords = options.url !== null && password !== null
  if (isPasswordInWords) warnings.push(PASSWORD_SEEN)
  if (ignored.length > 0) warnings.push(`Not used from ${source}: ${ignored.join(', ')}.`)
  return { target: checked.data, password: password ?? said('PGPASSWORD') ?? null, isPasswordInWords, warnings }
}

const PASSWORD_SEEN =
  'The password in --url can be read by every user of this machine with ps, and stays in the history of the shell. Set PGPASSWORD or STRATA_DATABASE_URL, or leave it out and type it.'

const NOTHING: Extract<ConnectionText, { ok: true }> = {
  ok: true,
  found: {},
  settings: {},
  password: null,
  keyPassphrase: null,
  ignored: [],
}

function readOrRefuse(text: string, source: string): Extract<ConnectionText, { ok: true }> {
  const read = parseConnectionText(text)
  if (!read.ok) throw refusal('url', `${source}: ${read.message}`)
  const unused = [
    ...(Object.keys(read.settings).length === 0 ? [] : ['options']),
    ...(read.keyPassphrase === null ? [] : ['sslpassword']),
  ]
  return { ...read, ignored: [...read.ignored, ...unused] }
}
