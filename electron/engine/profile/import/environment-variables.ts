import { LIBPQ_VARIABLES } from '../../../../contract/connection-url'
import type { Variable } from './dot-env'
import { FoundConnection } from './found-connection'
import { type Resolved, resolveReferences } from './references'

const URL_START = /^["']?(jdbc:)?postgres(ql)?(\+\w+)?:\/\//i
/** What the last word of a variable's name says, in libpq's keywords. */
const PARTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    host: 'HOST HOSTNAME SERVER ADDR ADDRESS',
    port: 'PORT',
    dbname: 'NAME DB DATABASE DBNAME DATABASE_NAME DB_NAME',
    user: 'USER USERNAME ROLE LOGIN USER_NAME DB_USER',
    password: 'PASSWORD PASS PASSWD PWD USER_PASSWORD DB_PASSWORD',
    sslmode: 'SSLMODE SSL_MODE',
    sslrootcert: 'SSLROOTCERT SSL_ROOT_CERT SSL_CA CA_CERT',
    sslcert: 'SSLCERT SSL_CERT',
    sslkey: 'SSLKEY SSL_KEY',
    sslcrl: 'SSLCRL SSL_CRL',
    options: 'OPTIONS',
  }).flatMap(([key, words]) => words.split(' ').map((word): [string, string] => [word, key])),
)
const FAMILY = /^((?:[A-Z0-9]+_)*?)(PG_?|POSTGRES(?:QL)?_|POSTGRE_|DB_|DATABASE_|SQL_|RDS_)([A-Z_]+)$/
const MOST_GROUPS = 300
const OTHER_DATABASES = /mysql|maria|sqlite|oracle|mssql|sqlserver|mongo|redis/i

interface Group {
  readonly prefix: string
  readonly found: FoundConnection
  readonly names: string[]
  readonly values: Map<string, string>
  otherDatabase: boolean
}

/**
 * The connections that variables name: each URL is one, and so are the variables that share a prefix (`PGHOST`…, `DB_HOST`…,
 * `TEST_POSTGRES_HOST`…). Parts under two names of one prefix are one connection where they do not contradict each other.
 */
export function connectionsOfVariables(variables: readonly Variable[], placeOf = placeOfNames): FoundConnection[] {
  const byName = new Map(variables.map((each) => [each.name, each]))
  const lookUp = (name: string) => byName.get(name)?.value ?? null
  const repeated = repeatedNames(variables)
  const found: FoundConnection[] = []
  const groups = new Map<string, Group>()
  for (const variable of byName.values()) {
    const { name, value, line } = variable
    const [key, prefix, family] = partOf(name)
    const meaning = () => (variable.isLiteral ? asItIs(value) : resolveReferences(value, lookUp))
    // A URL in place of a database's name is no URL for libpq either: the password would go to another server.
    if (key === null && URL_START.test(value)) {
      if (found.length < MOST_GROUPS) found.push(connectionOfUrl(variable, meaning(), placeOf([name])))
      continue
    }
    const group = prefix === null ? null : groupOf(groups, prefix, family, line)
    if (group === null) continue
    group.names.push(name)
    if (repeated.has(name)) group.found.note(`${name} is set more than once: the last one counts.`, line)
    if (key === null) noteOther(group, name, value)
    else takePart(group, key, variable, meaning())
  }
  return [...found, ...merged([...groups.values()]).map((group) => finished(group, placeOf))]
}

function connectionOfUrl(variable: Variable, resolved: Resolved, place: string): FoundConnection {
  const { name, line } = variable
  const connection = new FoundConnection(place, line)
  connection.hints.push(name)
  if (resolved.type === 'refused') connection.refuse('host', resolved.message, line)
  else connection.takeText(resolved.value, line)
  sayReference(connection, resolved, line)
  sayHash(connection, variable)
  return connection
}

function takePart({ found, values }: Group, key: string, variable: Variable, resolved: Resolved): void {
  const { name, line } = variable
  if (resolved.type === 'refused') found.refuse(key, `${name}: ${resolved.message}`, line)
  else {
    found.take(key, resolved.value, line)
    values.set(key, resolved.value)
  }
  sayReference(found, resolved, line)
  sayHash(found, variable)
}

function finished(group: Group, placeOf: (names: readonly string[]) => string): FoundConnection {
  const { found, names } = group
  const placed = new FoundConnection(placeOf(names), found.line)
  Object.assign(placed, { target: found.target, settings: found.settings, hints: [...names] })
  for (const [kind, secret] of found.secrets) placed.secrets.set(kind, secret)
  for (const key of found.refused) placed.refused.add(key)
  placed.problems.push(...found.problems)
  placed.notes.push(...found.notes)
  placed.ignored.push(...found.ignored)
  return placed
}

/** libpq's keyword, the prefix and the family of a variable's name; a null prefix for one that is not about a connection. */
function partOf(name: string): readonly [string | null, string | null, string] {
  const libpq = LIBPQ_VARIABLES.get(name)
  if (libpq !== undefined) return [libpq, '', 'PG']
  const [, prefix, family, part] = FAMILY.exec(name.toUpperCase()) ?? []
  if (prefix === undefined || family === undefined || part === undefined) return [null, null, '']
  return [PARTS.get(part) ?? null, prefix, family.replace('_', '')]
}

function groupOf(groups: Map<string, Group>, prefix: string, family: string, line: number): Group | null {
  const key = `${prefix} ${family}`
  const known = groups.get(key)
  if (known !== undefined) return known
  if (groups.size >= MOST_GROUPS) return null
  const group: Group = {
    prefix,
    found: new FoundConnection('', line),
    names: [],
    values: new Map(),
    otherDatabase: false,
  }
  groups.set(key, group)
  return group
}

function noteOther(group: Group, name: string, value: string): void {
  if (/_(CONNECTION|ENGINE|DRIVER|TYPE|DIALECT|CLIENT)$/.test(name)) {
    if (OTHER_DATABASES.test(value)) group.otherDatabase = true
    return
  }
  if (/_FILE$/.test(name)) group.found.ignore(name, 'It names another file, which is not read.')
  else if (/^PG(SERVICE|SERVICEFILE|PASSFILE)$/.test(name))
    group.found.ignore(name, 'It names another file, which is not read.')
  else group.found.ignore(name)
}

/** Groups of one prefix whose parts do not contradict each other, as one; groups of other databases and without a part are left out. */
function merged(groups: readonly Group[]): Group[] {
  const result: Group[] = []
  for (const group of groups) {
    if (group.otherDatabase || group.values.size + group.found.refused.size === 0) continue
    const fits = result.find(
      ({ prefix, values }) =>
        prefix === group.prefix && [...group.values].every(([key, value]) => (values.get(key) ?? value) === value),
    )
    if (fits === undefined) result.push(group)
    else mergeInto(fits, group)
  }
  // One word such as DB_NAME says nothing by itself about where a database is.
  return result.filter(({ values, found }) => values.size > 1 || values.has('host') || found.refused.size > 0)
}

function mergeInto(into: Group, { names, values, found }: Group): void {
  into.names.push(...names)
  for (const [key, value] of values) {
    into.values.set(key, value)
    into.found.take(key, value, found.line)
  }
  for (const key of found.refused) into.found.refused.add(key)
  into.found.problems.push(...found.problems)
  into.found.notes.push(...found.notes)
  for (const { name, reason } of found.ignored) into.found.ignore(name, reason)
}

function sayReference(found: FoundConnection, resolved: Resolved, line: number): void {
  if (resolved.type === 'value' && resolved.note !== null) found.note(resolved.note, line)
}

function sayHash(found: FoundConnection, { name, line, hasBareHash = false }: Variable): void {
  if (!hasBareHash) return
  found.note(
    `${name} holds a # without quotes, and all of it was taken. Some programs read only what stands before it.`,
    line,
  )
}

function asItIs(value: string): Resolved {
  return { type: 'value', value, note: null }
}

function repeatedNames(variables: readonly Variable[]): ReadonlySet<string> {
  const seen = new Map<string, string>()
  const repeated = new Set<string>()
  for (const { name, value } of variables) {
    if ((seen.get(name) ?? value) !== value) repeated.add(name)
    seen.set(name, value)
  }
  return repeated
}

function placeOfNames(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}
