import type { Target } from '../../../contract/profile'
import { asByteText, asText, readPlainFile, userFile } from './user-file'

/** Where libpq looks for its password file: PGPASSFILE is not heard of, because no variable of libpq's reaches a connection. */
export function passwordFile(): string {
  return userFile(process.platform === 'win32' ? 'pgpass.conf' : '.pgpass')
}

/** What the password file says of a target. */
export type PasswordFileAnswer =
  | { readonly type: 'found'; readonly password: string; readonly file: string }
  | { readonly type: 'none' }
  /** There is one that may not be read, and libpq passes over it as well; `why` is for the person. */
  | { readonly type: 'ignored'; readonly why: string }

/** What a password is looked up by. */
export type PasswordFileQuestion = Pick<Target, 'host' | 'port' | 'database' | 'role'>

/** The password that libpq would take from the password file for a target. Source: PostgreSQL documentation, "The Password File". */
export async function askPasswordFile(
  asked: PasswordFileQuestion,
  file: string = passwordFile(),
): Promise<PasswordFileAnswer> {
  const found = await readPlainFile(file)
  if (found === null) return { type: 'none' }
  if (found === 'not plain') return { type: 'ignored', why: `${file} is ignored: it is not a plain file.` }
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    const mode = found.mode.toString(8).padStart(4, '0')
    const why = `${file} is ignored, as by libpq: others can read or write it (mode ${mode}; it has to be 0600 or less).`
    return { type: 'ignored', why }
  }
  const password = findInPasswordFile(asByteText(found.bytes), asked)
  return password === null || password === '' ? { type: 'none' } : { type: 'found', password, file }
}

/** The password in the first line that fits; null when none does. `content` has one character per byte. */
export function findInPasswordFile(content: string, asked: PasswordFileQuestion): string | null {
  const host = isDefaultSocketFolder(asked.host) ? 'localhost' : asked.host
  const wanted = [host, String(asked.port), asked.database, asked.role].map(asByteText)
  for (const whole of content.split('\n')) {
    const line = whole.replace(/\r+$/, '')
    if (line === '' || line.startsWith('#')) continue
    let at: number | null = 0
    for (const field of wanted) at = at === null ? null : afterField(line, at, field)
    if (at !== null) return asText(unescaped(line, at))
  }
  return null
}

/** libpq says `localhost` for the folder that it was built with: /tmp in PostgreSQL's own sources, /var/run/postgresql where Linux distributions build it. */
function isDefaultSocketFolder(host: string): boolean {
  return host === (process.platform === 'linux' ? '/var/run/postgresql' : '/tmp')
}

/** Where the next field begins when this one is `*` or fits; null when it does not. As libpq's `pwdfMatchesString`. */
function afterField(line: string, from: number, wanted: string): number | null {
  if (line.startsWith('*:', from)) return from + 2
  let expected = 0
  for (let at = from; at < line.length; at += 1, expected += 1) {
    if (line.charAt(at) === ':' && expected === wanted.length) return at + 1
    if (line.charAt(at) === '\\') at += 1
    if (expected === wanted.length || line.charAt(at) !== wanted.charAt(expected)) return null
  }
  return null
}

/** The password: up to a colon that no backslash stands before. */
function unescaped(line: string, from: number): string {
  let password = ''
  for (let at = from; at < line.length && line.charAt(at) !== ':'; at += 1) {
    if (line.charAt(at) === '\\' && at + 1 < line.length) at += 1
    password += line.charAt(at)
  }
  return password
}
