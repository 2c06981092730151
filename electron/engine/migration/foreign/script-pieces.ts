import type { Header, Problem } from '../migration-header'
import { checksumOf, readScript, type Script, type ScriptOptions, type ScriptStatement } from '../migration-script'
import { OUTSIDE_ADVICE } from '../script-check'
import { Lines } from './lines'

/** A piece of SQL inside a file: as it stands there from an offset on, or decoded, with an offset for each of its units. */
export interface Piece {
  readonly text: string
  readonly offsets: number | readonly number[]
}

/** What a file says around its SQL. */
export interface FileHead {
  readonly header: Partial<Header>
  /** What is wrong with the file as a whole; null when nothing is. */
  readonly problem: Problem | null
  /** What to do with a statement that allows no transaction, in the tool's words. */
  readonly advice?: string
}

const PLAIN: Header = { title: null, isTransactional: true, depends: [], irreversible: null, lockTimeout: null }

/** The header of a file of another tool; what is left out is as it usually is. */
export function headerOf(header: Partial<Header>): Header {
  return { ...PLAIN, ...header }
}

/** A script made of the pieces of a file, its statements with their places in that file. */
export function scriptOf(
  file: string,
  source: string,
  pieces: readonly Piece[],
  head: FileHead,
  options: ScriptOptions,
): Script {
  const lines = new Lines(source)
  const header = headerOf(head.header)
  const statements: ScriptStatement[] = []
  let problem = head.problem === null ? null : `${file}, line ${head.problem.line}: ${head.problem.message}`
  for (const { text, offsets } of pieces) {
    const place = (at: number) => (typeof offsets === 'number' ? offsets + at : (offsets[at] ?? offsets.at(-1) ?? 0))
    // Lines before it, so that what is wrong with it is said with the line of the file.
    const before = '\n'.repeat(lines.at(place(0)) - 1)
    const read = readScript(file, before + text, 'up', options, { header, problems: [] })
    problem ??= read.problem?.replace(OUTSIDE_ADVICE, head.advice ?? OUTSIDE_ADVICE) ?? null
    for (const statement of read.statements) {
      const at = statement.from - before.length
      const from = place(at)
      const own = typeof offsets === 'number' ? {} : { offsets: offsets.slice(at, at + statement.text.length + 1) }
      statements.push({ ...statement, from, line: lines.at(from), ...own })
    }
  }
  const checksum = checksumOf(pieces.map(({ text }) => text).join('\n'))
  return { file, text: source, checksum, header, statements, problem, pieces: pieces.map(({ text }) => text) }
}
