import { isIdentifierPart, type ScanOptions, type Statement, scanScript } from './script-scanner'

const NEWLINE = 10
const DOUBLE_QUOTE = 34
const QUOTE = 39

/** A script that cannot be cut, because something in it is never closed. */
export class ScriptError extends Error {
  /** Where the open quote or comment begins, in UTF-16 units. */
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'ScriptError'
    this.at = at
  }
}

/** The statements of a script in order; throws a `ScriptError` when a quote or comment is never closed. */
export function splitStatements(script: string, options: ScanOptions = {}): readonly Statement[] {
  const { statements, problem } = scanScript(script, options)
  if (problem !== null) throw new ScriptError(problem.message, problem.at)
  return statements
}

/**
 * The statement a caret at `offset` means: the one it stands in or directly behind on the same line, else the next one, else the last.
 * Null in a script without statements.
 */
export function statementAt(script: string, statements: readonly Statement[], offset: number): Statement | null {
  let low = 0
  let high = statements.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((statements[middle]?.to ?? 0) < offset) low = middle + 1
    else high = middle
  }
  const data = statements[low]
  // The data lines belong to the COPY that they stand behind.
  if (data?.kind === 'copy data' && data.from <= offset && low > 0) return statements[low - 1] ?? null
  const isMeant = (statement: Statement) => statement.kind !== 'copy data'
  const before = low === 0 ? null : (statements.slice(Math.max(0, low - 2), low).findLast(isMeant) ?? null)
  const found = statements.slice(low, low + 2).find(isMeant)
  if (found === undefined || before === null || found.from <= offset) return found ?? before
  return /[\n\r]/.test(script.slice(before.to, offset)) ? found : before
}

/** Offset in UTF-16 units of the server's `position`, which counts characters (code points) from 1. */
export function offsetOfPosition(statement: string, position: number): number {
  let offset = 0
  for (let character = 1; character < position && offset < statement.length; character += 1) {
    const code = statement.codePointAt(offset) ?? 0
    offset += code > 0xffff ? 2 : 1
  }
  return offset
}

/** End of the token that begins at `offset`: what to underline when the server gives only a position. */
export function tokenEnd(text: string, offset: number): number {
  const code = text.charCodeAt(offset)
  if (Number.isNaN(code)) return offset
  let at = offset + 1
  if (isIdentifierPart(code)) {
    while (at < text.length && isIdentifierPart(text.charCodeAt(at))) at += 1
  } else if (code === QUOTE || code === DOUBLE_QUOTE) {
    while (at < text.length && text.charCodeAt(at) !== code && text.charCodeAt(at) !== NEWLINE) at += 1
    if (text.charCodeAt(at) === code) at += 1
  } else if ('+-*/<>=~!@#%^&|`?'.includes(text.charAt(offset))) {
    while (at < text.length && '+-*/<>=~!@#%^&|`?'.includes(text.charAt(at))) at += 1
  }
  return at
}

/** Line and column from 1 of an offset; the column counts UTF-16 units. */
export function lineColumnAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  for (;;) {
    const newline = text.indexOf('\n', lineStart)
    if (newline < 0 || newline >= offset) return { line, column: offset - lineStart + 1 }
    line += 1
    lineStart = newline + 1
  }
}
