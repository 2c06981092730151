import type { Node } from 'libpg-query'
import { offsetOfPosition } from '../../../contract/statement'

/** What PostgreSQL's grammar makes of one statement. */
export type Parsed =
  | { readonly kind: 'tree'; readonly tree: Node; readonly offsetOf: (byte: number | undefined) => number }
  /** `at` is in UTF-16 units of the statement. */
  | { readonly kind: 'error'; readonly message: string; readonly at: number }
  | { readonly kind: 'too long' }

/** PostgreSQL's own grammar, loaded. */
export interface Parser {
  /** The tree of one statement, as the scanner cuts a script; positions in it are UTF-8 bytes, for `offsetOf`. */
  parse(statement: string): Parsed
  /** UTF-16 offset of the last word `word` outside quotes and comments; null when there is none. */
  lastWord(statement: string, word: string): number | null
}

/** Longer statements are not parsed: the tree of a megabyte takes a hundred, and memory that the parser took it keeps. */
export const MAX_PARSED_UNITS = 256 * 1024

let loading: Promise<Parser> | null = null

/** The grammar of PostgreSQL 18: 1.7 MB of WebAssembly, read at the first use and kept. */
export function loadParser(): Promise<Parser> {
  loading ??= load().catch((error: unknown) => {
    loading = null // the next use tries again
    throw error
  })
  return loading
}

async function load(): Promise<Parser> {
  const { hasSqlDetails, loadModule, parseSync, scanSync } = await import('libpg-query')
  await loadModule()
  return {
    parse(statement) {
      if (statement.length > MAX_PARSED_UNITS) return { kind: 'too long' }
      try {
        const tree = parseSync(statement).stmts?.[0]?.stmt
        if (tree === undefined) return { kind: 'error', message: 'There is no statement.', at: 0 }
        return { kind: 'tree', tree, offsetOf: offsets(statement) }
      } catch (error) {
        if (!(error instanceof Error)) throw error
        // Its position counts characters from 0, the server's from 1.
        const position = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0
        return { kind: 'error', message: error.message, at: offsetOfPosition(statement, position + 1) }
      }
    },
    lastWord(statement, word) {
      // Its JSON leaves these two control characters as they are, which no JSON may.
      const { tokens } = scanSync(statement.replaceAll(/[\f\v]/g, ' '))
      const found = tokens.findLast(({ text, tokenName }) => tokenName !== 'SCONST' && text.toLowerCase() === word)
      return found === undefined ? null : offsets(statement)(found.start)
    },
  }
}

/** UTF-16 offsets of a text's UTF-8 bytes; zero is left out of the trees. */
function offsets(text: string): (byte: number | undefined) => number {
  return (byte = 0) => {
    let bytes = 0
    let at = 0
    while (bytes < byte && at < text.length) {
      const code = text.codePointAt(at) ?? 0
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      at += code > 0xffff ? 2 : 1
    }
    return at
  }
}
