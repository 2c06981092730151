const SENSITIVE =
  /password|passwd|passphrase|(?:^|[._-])(?:pwd|secret|token|api_?key|access_?key|private_?key)s?(?:$|[._-])/i

/** Settings whose names say password and whose values are none. */
const HARMLESS = /^(?:.*\.)?(?:password_encryption|passwordcheck\..*|.*token_type)$/i

/** Whether what is called so is likely a secret: password, pwd, secret, token, api_key and names made with them. */
export function isSecretName(name: string): boolean {
  return name.length <= 200 && SENSITIVE.test(name) && !HARMLESS.test(name)
}

/** Half-open range of a text in UTF-16 units. */
export type SecretRange = readonly [from: number, to: number]

const KEYS = '[\\w.-]*(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|private_?key)'
/** A key and its value as libpq's connection strings, properties files and notes have them; a parameter or a format is no value. */
const PAIR = new RegExp(
  `(?<![\\w.-])${KEYS}\\s{0,99}[=:]\\s{0,99}(?![=:]|\\$\\d|:\\w|%[\\dsLI$]|%?['"]?\\s{0,99}$|\\?|\\s)('(?:[^'\\\\]|\\\\.)*'?|"(?:[^"\\\\]|\\\\.)*"?|[^\\s'"][^\\s]*)`,
  'dgi',
)
const JSON_PAIR = new RegExp(`"${KEYS}[\\w.-]*"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"?`, 'dgi')
/** XML elements, tokens of HTTP headers and private keys. */
const MARKED: readonly RegExp[] = [
  new RegExp(`<${KEYS}>([^<]+)<`, 'dgi'),
  /\bauthorization['"]?\s{0,9}[:=]?\s{0,9}(?:bearer|basic)\s([\w.~+/=-]+)/dgi,
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----([^-]+)-----END/dg,
]
// Every length is bounded: a text of a hundred kilobytes without an end to its URIs must not take seconds.
/** Up to the last @: a password may hold one. A port and its path are none. */
const URI = /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:@/?#]{0,300}:(?!\d{1,5}\/)(\S{0,1000})@/dgi
const URI_IN_SQL = /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:@/?#'"]{0,300}:(?!\d{1,5}\/)([^\s'"]{0,1000})@/dgi

/** Where secrets stand in plain text: passwords of URIs, `password=…` pairs, members of JSON. */
export function plainSecrets(text: string): readonly SecretRange[] {
  const marked = MARKED.flatMap((pattern) => groups(text, pattern))
  return [
    ...marked,
    ...groups(text, URI),
    ...groups(text, JSON_PAIR),
    ...groups(text, PAIR).map((range) => unquoted(text, range)),
  ]
}

/** Where passwords of URIs stand that are not even in quotes. */
export function bareUriSecrets(text: string): readonly SecretRange[] {
  return groups(text, URI_IN_SQL)
}

function groups(text: string, pattern: RegExp): SecretRange[] {
  return [...text.matchAll(pattern)].flatMap(({ indices }) => {
    const range = indices?.[1]
    return range === undefined || range[0] === range[1] ? [] : [[range[0], range[1]]]
  })
}

function unquoted(text: string, [from, to]: SecretRange): SecretRange {
  const quote = text.charAt(from)
  if (quote !== "'" && quote !== '"') return [from, to]
  return [from + 1, text.charAt(to - 1) === quote && to - 1 > from ? to - 1 : to]
}
