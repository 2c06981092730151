import { parseSync, scanSync } from 'libpg-query'

/** A statement as PostgreSQL's own parser found it, in UTF-16 units: from its first to behind its last token. */
export interface ParsedStatement {
  readonly from: number
  readonly to: number
}

/** Where PostgreSQL's own parser sees statements; null when it refuses the script. Load the module first. */
export function parserStatements(script: string): ParsedStatement[] | null {
  const parsed = tryToParse(script)
  if (parsed === null) return null
  const unitOf = unitsByByte(script)
  // The module's JSON leaves these two control characters as they are, which no JSON may.
  const tokens = scanSync(script.replaceAll(/[\f\v]/g, ' ')).tokens.filter(
    ({ tokenName }) => !tokenName.endsWith('COMMENT'),
  )
  let next = 0
  return parsed.map(({ stmt_location: location = 0, stmt_len: length }) => {
    const end = length ? location + length : Number.POSITIVE_INFINITY
    while ((tokens[next]?.start ?? end) < location) next += 1
    const first = tokens[next]
    let last = first
    for (; next < tokens.length && (tokens[next]?.end ?? end) <= end; next += 1) {
      // Behind the last statement of a script without a ; there may still be more of them.
      if (length || tokens[next]?.tokenName !== 'ASCII_59' || hasMore(tokens, next)) last = tokens[next]
    }
    return { from: unitOf(first?.start ?? 0), to: unitOf(last?.end ?? 0) }
  })
}

function hasMore(tokens: readonly { readonly tokenName: string }[], from: number): boolean {
  return tokens.slice(from).some(({ tokenName }) => tokenName !== 'ASCII_59')
}

function tryToParse(script: string): { stmt_location?: number; stmt_len?: number }[] | null {
  try {
    return parseSync(script).stmts ?? []
  } catch {
    return null
  }
}

function unitsByByte(script: string): (byte: number) => number {
  const bytes = Buffer.from(script)
  if (bytes.length === script.length) return (byte) => byte
  const units = new Uint32Array(bytes.length + 1)
  let unit = 0
  for (let byte = 0; byte < bytes.length; byte += 1) {
    const value = bytes[byte] ?? 0
    units[byte] = unit
    if ((value & 0xc0) !== 0x80) unit += value >= 0xf0 ? 2 : 1
  }
  // A byte inside a character is no border; the one behind it is where the next begins.
  units[bytes.length] = unit
  return (byte) => units[byte] ?? unit
}
