import { createHash } from 'node:crypto'
import type { TextRange } from '../../../contract/query'
import { type Statement, scanScript } from '../../../contract/script-scanner'
import { lineColumnAt } from '../../../contract/statement'
import { type Header, type Problem, readHeader } from './migration-header'
import { isConcurrentIndex, isDestroying, refusalOf, wantsData } from './script-check'

/** One statement of a script. */
export interface ScriptStatement {
  /** Where it begins in the script, in UTF-16 units. */
  readonly from: number
  readonly line: number
  readonly text: string
  /** Where each unit of `text` stands in the script, where that is not simply `from` and on: a string with escapes. */
  readonly offsets?: readonly number[]
  /** CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY: may leave an INVALID index behind. */
  readonly isConcurrentIndex: boolean
  /** Where the data lines of a COPY … FROM STDIN stand in the script; null for any other statement. */
  readonly data: TextRange | null
  /** It may take rows or values away. */
  readonly destroys: boolean
}

/** One of the two files of a migration, read and checked. */
export interface Script {
  /** File name without its folder. */
  readonly file: string
  /** Text without byte order mark. */
  readonly text: string
  readonly checksum: string
  readonly header: Header
  readonly statements: readonly ScriptStatement[]
  /** Why it cannot be run, with file and line; null when it can. */
  readonly problem: string | null
  /** The SQL inside the file, where that is not all of it: in another tool's folder. */
  readonly pieces?: readonly string[]
}

/** What the check of a script depends on. */
export interface ScriptOptions {
  /** The session's `standard_conforming_strings`. */
  readonly hasStandardStrings: boolean
}

const NO_DATA =
  'No data stands behind this COPY … FROM STDIN. Write ; and put the data on the next lines, ended by a line with \\.'

/** SHA-256 of a script as people see it: line ends, byte order mark and blanks at line ends do not count. */
export function checksumOf(text: string): string {
  const normalised = withoutMark(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trimEnd()
  return createHash('sha256').update(normalised).digest('hex')
}

/** The text without a byte order mark, which PostgreSQL does not know. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** A script cut into statements and checked; what is wrong with it is its `problem`, nothing is thrown. */
export function readScript(
  file: string,
  content: string,
  part: 'up' | 'down',
  options: ScriptOptions,
  head = readHeader(withoutMark(content), part),
): Script {
  const text = withoutMark(content)
  const { header, problems } = head
  const scan = scanScript(text, options)
  const statements: ScriptStatement[] = []
  let first: Problem | null = problems[0] ?? null
  /** Line of a COPY … FROM STDIN whose data has not come yet. */
  let waiting: number | null = null
  const lines = new LineCounter(text)
  for (const statement of scan.statements) {
    const body = statement.kind === 'copy data' ? '' : text.slice(statement.from, statement.to)
    if (isDumpGuard(statement, body)) continue
    const last = statements.at(-1)
    if (statement.kind === 'copy data' && last !== undefined) {
      waiting = null
      statements[statements.length - 1] = { ...last, data: { from: statement.from, to: statement.to } }
      continue
    }
    const line = lines.at(statement.from)
    const message = refusalOf(statement, body, header.isTransactional)
    if (message !== null) first ??= { line, message }
    const isConcurrent = isConcurrentIndex(statement.words, body)
    const destroys = isDestroying(statement.words, body)
    if (waiting !== null) break
    if (wantsData(statement.words, body)) waiting = line
    const { from } = statement
    statements.push({ from, line, text: body, isConcurrentIndex: isConcurrent, data: null, destroys })
  }
  if (waiting !== null) first ??= { line: waiting, message: NO_DATA }
  if (scan.problem !== null) {
    const { line } = lineColumnAt(text, scan.problem.at)
    first ??= { line, message: `${scan.problem.message}.` }
  }
  const nul = text.indexOf('\0')
  if (nul >= 0) first ??= { line: lineColumnAt(text, nul).line, message: 'PostgreSQL cannot hold the character NUL.' }
  const problem = first === null ? null : `${file}, line ${first.line}: ${first.message}`
  return { file, text, checksum: checksumOf(text), header, statements, problem }
}

/** A script that could not be read at all. */
export function unreadableScript(file: string, reason: string): Script {
  const { header } = readHeader('', 'up')
  return { file, text: '', checksum: '', header, statements: [], problem: `${file}: ${reason}` }
}

/** pg_dump writes `\restrict` and `\unrestrict` for psql alone; they change nothing in the database. */
function isDumpGuard(statement: Statement, text: string): boolean {
  return statement.kind === 'psql' && /^\\(un)?restrict\b/.test(text)
}

/** Lines of rising offsets, each part of the text walked once. */
class LineCounter {
  private readonly text: string
  private line = 1
  private next: number

  constructor(text: string) {
    this.text = text
    this.next = text.indexOf('\n')
  }

  at(offset: number): number {
    while (this.next >= 0 && this.next < offset) {
      this.line += 1
      this.next = this.text.indexOf('\n', this.next + 1)
    }
    return this.line
  }
}
