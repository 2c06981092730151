import { scanScript } from './script-scanner'
import { bareUriSecrets, isSecretName, plainSecrets, type SecretRange } from './secret-names'
import { statementSecrets } from './secret-rules'
import { type SqlToken, sqlTokens, tokenBody } from './sql-tokens'

/** What stands where a secret stood. */
export const SECRET_MASK = '•••'

/** A text without its secrets. */
export interface MaskedText {
  readonly text: string
  readonly isMasked: boolean
  /** What was masked, for hiding it in what the server says about the text; never to be kept. */
  readonly secrets: readonly string[]
}

/** A string in a string in a DO block: further down nobody writes passwords. */
const MAX_DEPTH = 5
/** Shorter ones would be found in half of all messages. */
const SHORTEST_HIDDEN = 4

/**
 * A script with its passwords masked: those of roles, user mappings and subscriptions, in connection strings and URIs, in calls and
 * columns named after secrets, also inside strings, comments, DO blocks and COPY data. Rather masks too much than too little.
 */
export function maskScript(script: string, hasStandardStrings = true): MaskedText {
  const found = [...bareUriSecrets(script)]
  const { statements } = scanScript(script, { hasStandardStrings })
  let at = 0
  let columns: CopyColumns = null
  for (const { kind, from, to } of statements) {
    if (kind === 'copy data') {
      found.push(
        ...secretsOfSql(script.slice(at, from), at, hasStandardStrings, 0),
        ...copySecrets(script, from, to, columns),
      )
    } else if (kind === 'psql') {
      found.push(...secretsOfSql(script.slice(at, from), at, hasStandardStrings, 0), ...psqlSecrets(script, from, to))
    } else {
      // What stands before it are comments.
      found.push(...secretsOfSql(script.slice(at, to), at, hasStandardStrings, 0))
      columns = copyColumns(script.slice(from, to), hasStandardStrings)
    }
    at = to
  }
  found.push(...secretsOfSql(script.slice(at), at, hasStandardStrings, 0))
  return mask(script, found)
}

/** Text that is no script with its passwords masked: log lines, messages of the server. */
export function maskPlain(text: string): string {
  return mask(text, [...plainSecrets(text), ...secretsOfSql(text, 0, true, 0)]).text
}

/** The text with every one of the secrets masked, wherever it stands in it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const longFirst = [...secrets].sort((one, other) => other.length - one.length)
  return longFirst.reduce(
    (hidden, secret) => (secret.length < SHORTEST_HIDDEN ? hidden : hidden.replaceAll(secret, SECRET_MASK)),
    text,
  )
}

function mask(text: string, found: readonly SecretRange[]): MaskedText {
  const inOrder = found.filter(([from, to]) => from < to).sort((one, other) => one[0] - other[0])
  const parts: string[] = []
  const secrets: string[] = []
  let at = 0
  for (const [from, to] of inOrder) {
    if (to <= at) continue
    const begin = Math.max(from, at)
    // Two finds that overlap are one secret.
    if (begin > at || parts.length === 0) parts.push(text.slice(at, begin), SECRET_MASK)
    secrets.push(text.slice(from, to))
    at = to
  }
  parts.push(text.slice(at))
  return { text: parts.join(''), isMasked: secrets.length > 0, secrets: secrets.flatMap(spellings) }
}

/** A secret as it stands in the text, and as the server knows it. */
function spellings(secret: string): readonly string[] {
  const read = secret.replaceAll("''", "'")
  return read === secret ? [secret] : [secret, read]
}

function secretsOfSql(sql: string, offset: number, hasStandardStrings: boolean, depth: number): SecretRange[] {
  const tokens = sqlTokens(sql, hasStandardStrings)
  const found: SecretRange[] = [...statementSecrets(sql, tokens)]
  for (const token of tokens) found.push(...secretsInside(sql, token, hasStandardStrings, depth))
  return found.map(([from, to]) => [from + offset, to + offset])
}

const WORTH_A_LOOK = /pass|pwd|secret|token|key|:\/\/|crypt|authorization|\\/i
/** Only pairs of a key and a value: a connection string. */
const CONNECTION_STRING =
  /^\s*\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s']\S*)(?:\s+\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s']\S*))*\s*$/
const CODE = /;|\b(?:begin|select|insert|update|delete|alter|create|execute|declare|set|perform)\b/i

/** Secrets inside a string, a quoted name or a comment: as plain text, and as SQL that somebody put there. */
function secretsInside(sql: string, token: SqlToken, hasStandardStrings: boolean, depth: number): SecretRange[] {
  if (token.kind !== 'string' && token.kind !== 'name' && token.kind !== 'comment') return []
  if (depth >= MAX_DEPTH || !WORTH_A_LOOK.test(sql.slice(token.bodyFrom, token.bodyTo))) return []
  const { text, places } = tokenBody(sql, token)
  const isCode = token.kind === 'string' && token.style === 'plain' && CODE.test(text) && !CONNECTION_STRING.test(text)
  const found = [...(isCode ? [] : plainSecrets(text)), ...secretsOfSql(text, 0, hasStandardStrings, depth + 1)]
  return found.map(([from, to]) => [places[from] ?? token.bodyFrom, places[to] ?? token.bodyTo])
}

const PSQL_VARIABLE = /^\\(?:set|setenv|prompt)\s+(\S+)\s+(.*)$/d

function psqlSecrets(script: string, from: number, to: number): SecretRange[] {
  const line = script.slice(from, to)
  const variable = PSQL_VARIABLE.exec(line)
  const value = variable?.indices?.[2]
  const found = [...plainSecrets(line), ...secretsOfSql(line.slice(1), 1, true, 0)]
  if (value !== undefined && isSecretName(variable?.[1] ?? '')) found.push([value[0], value[1]])
  return found.map(([begin, end]) => [begin + from, end + from])
}

/** Places of secret columns in the lines of COPY data; null when none is secret, `all` where lines cannot be cut into columns. */
type CopyColumns = readonly number[] | 'all' | null

function copyColumns(statement: string, hasStandardStrings: boolean): CopyColumns {
  const list = /^\s*copy\s+[^(]+\(([^)]*)\)([\s\S]*)$/i.exec(statement)
  if (list === null) return null
  const columns = (list[1] ?? '')
    .split(',')
    .flatMap((name, at) => (isSecretName(name.trim().replaceAll('"', '')) ? [at] : []))
  if (columns.length === 0) return null
  const options = sqlTokens(list[2] ?? '', hasStandardStrings).map(({ from, to }) => (list[2] ?? '').slice(from, to))
  return options.some((word) => /^(?:csv|'csv'|delimiter|delimiters)$/i.test(word)) ? 'all' : columns
}

function copySecrets(script: string, from: number, to: number, columns: CopyColumns): SecretRange[] {
  const found: SecretRange[] = []
  for (let at = from; at < to; ) {
    const newline = script.indexOf('\n', at)
    const end = newline < 0 || newline > to ? to : newline
    const line = script.slice(at, end)
    if (columns === 'all') found.push([at, end])
    else {
      let begin = at
      for (const [number, value] of line.split('\t').entries()) {
        if (columns?.includes(number) && value !== '\\N') found.push([begin, begin + value.length])
        begin += value.length + 1
      }
      for (const [one, other] of plainSecrets(line)) found.push([one + at, other + at])
    }
    at = end + 1
  }
  return found
}
