import type { ComparedLine, FileChange, MigrationChange } from '../../../contract/migration-change'
import { type DiffRun, diffLines } from './line-diff'
import type { MigrationPair } from './migration-files'
import type { KeptTexts } from './migration-history'
import { checksumOf, withoutMark } from './migration-script'

/** Equal lines shown before and behind a difference when not all can be. */
const CONTEXT = 3
/** Lines and units told at most. */
const MOST_LINES = 5000
const MOST_UNITS = 1024 * 1024

/** What became of a migration's files since it was applied with `kept`. */
export function compareFiles(pair: MigrationPair, kept: KeptTexts): MigrationChange {
  return {
    name: pair.name,
    up: compareFile(pair.upFile, kept.up, pair.up),
    down: compareFile(pair.downFile, kept.down, pair.down),
  }
}

function compareFile(file: string, kept: string | null, text: string | null): FileChange | null {
  if (kept === null && text === null) return null
  const checksum = text === null ? null : checksumOf(text)
  if (kept === null) return { file, checksum, isKept: false, added: 0, removed: 0, lines: [], isCut: false }
  if (text === null) return { file, checksum, isKept: true, added: 0, removed: 0, lines: [], isCut: false }
  if (checksumOf(kept) === checksum) return null
  const before = linesOf(kept)
  const now = linesOf(text)
  // Like the checksum: line ends and blanks at line ends are no difference.
  const runs = diffLines(before.map(withoutBlanks), now.map(withoutBlanks))
  const total = (kind: DiffRun['kind']) => runs.reduce((sum, run) => sum + (run.kind === kind ? run.count : 0), 0)
  return { file, checksum, isKept: true, added: total('added'), removed: total('removed'), ...told(runs, before, now) }
}

function linesOf(text: string): readonly string[] {
  const plain = withoutMark(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[\s]+$/, '')
  return plain === '' ? [] : plain.split('\n')
}

const withoutBlanks = (line: string) => line.replace(/[ \t]+$/, '')

/** The lines of the runs, as many as may be told: first the equal ones far from a difference are left out. */
function told(
  runs: readonly DiffRun[],
  before: readonly string[],
  now: readonly string[],
): { readonly lines: ComparedLine[]; readonly isCut: boolean } {
  const isLong = before.length + now.length > MOST_LINES
  const lines: ComparedLine[] = []
  let units = 0
  for (const [index, run] of runs.entries()) {
    const context = { head: index === 0 ? 0 : CONTEXT, tail: index === runs.length - 1 ? 0 : CONTEXT }
    const isFolded = isLong && run.kind === 'same' && run.count > context.head + context.tail
    for (let at = 0; at < run.count; at += 1) {
      if (isFolded && at === context.head) {
        const count = run.count - context.head - context.tail
        lines.push({ kind: 'left out', count })
        at += count
        if (at === run.count) break
      }
      const text = (run.kind === 'removed' ? before[run.before + at] : now[run.now + at]) ?? ''
      units += text.length
      if (lines.length >= MOST_LINES || units > MOST_UNITS) return { lines, isCut: true }
      lines.push(lineOf(run, at, text))
    }
  }
  return { lines, isCut: false }
}

function lineOf({ kind, before, now }: DiffRun, at: number, text: string): ComparedLine {
  if (kind === 'removed') return { kind, before: before + at + 1, text }
  if (kind === 'added') return { kind, now: now + at + 1, text }
  return { kind, before: before + at + 1, now: now + at + 1, text }
}
