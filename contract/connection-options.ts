import { type AuthenticationMethod, authenticationMethod } from './authentication'
import type { SessionSettings } from './profile'

/** The settings that a text names; what it does not name is absent. */
export type FoundSettings = { readonly [K in keyof SessionSettings]?: SessionSettings[K] }

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
])
const MAX_TIMEOUT_MS = 86_400_000
const NAME = '(?:[A-Za-z_][A-Za-z0-9_$]*|"(?:[^"]|"")+")'
const SEARCH_PATH = new RegExp(`^${NAME}(?:\\s*,\\s*${NAME})*$`)

/**
 * The methods that libpq's `require_auth` allows among those Strata knows; null for a text that says nothing usable.
 * Source: PostgreSQL documentation, "Database Connection Control Functions".
 */
export function readRequireAuth(text: string): AuthenticationMethod[] | null {
  const words = text.split(',').map((word) => word.trim())
  const isRefusal = words.every((word) => word.startsWith('!'))
  // libpq takes either a list of what is allowed or one of what is refused.
  if (text.trim() === '' || (!isRefusal && words.some((word) => word.startsWith('!')))) return null
  const said = new Set(words.map((word) => word.replace(/^!/, '')))
  const allowed = authenticationMethod.options.filter((method) => said.has(method) !== isRefusal)
  return allowed.length === 0 ? null : allowed
}

/** The settings that libpq's `options` asks for, where a profile can hold them; the others by name, never with their value. */
export function readOptions(text: string): { readonly settings: FoundSettings; readonly unused: string[] } {
  const settings: { -readonly [K in keyof FoundSettings]: FoundSettings[K] } = {}
  const unused = new Set<string>()
  for (const [name, value] of assignments(text)) {
    const ms = milliseconds(value)
    if (name === 'search_path' && value.length <= 1000 && SEARCH_PATH.test(value)) settings.searchPath = value
    else if (name === 'statement_timeout' && ms !== null) settings.statementTimeoutMs = ms
    else if (name === 'lock_timeout' && ms !== null) settings.lockTimeoutMs = ms
    else if (name === 'role' && value.length <= 63 && /^\P{C}+$/u.test(value)) settings.roleToSet = value
    else if (name === 'default_transaction_read_only' && /^(on|true|yes|1)$/i.test(value)) settings.isReadOnly = true
    else unused.add(`options ${name}`.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 60))
  }
  return { settings, unused: [...unused] }
}

/** The pairs of `-c name=value` and `--name=value`; a backslash keeps a space in its word, as in the server's own reading of `options`. */
function assignments(text: string): [string, string][] {
  const words = text.match(/(?:\\.|[^\s\\])+/gs)?.map((word) => word.replace(/\\(.)/gs, '$1')) ?? []
  const pairs: [string, string][] = []
  for (let at = 0; at < words.length; at += 1) {
    let word = words[at] ?? ''
    if (word === '-c') {
      at += 1
      word = words[at] ?? ''
    } else word = word.replace(/^(-c|--)/, '')
    const equals = word.indexOf('=')
    if (equals < 0) pairs.push([/^[\w.-]{1,40}$/.test(word) ? word : 'of another form', ''])
    // The server takes - for _ in a name.
    else pairs.push([word.slice(0, equals).replaceAll('-', '_').toLowerCase(), word.slice(equals + 1)])
  }
  return pairs
}

function milliseconds(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,9})(ms|s|min|h)?$/.exec(text) ?? []
  const ms = digits === '' ? 0 : Number(digits) * (UNITS.get(unit) ?? 0)
  return ms >= 1 && ms <= MAX_TIMEOUT_MS ? ms : null
}
