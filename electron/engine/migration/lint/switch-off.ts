import { sqlTokens } from '../../../../contract/sql-tokens'

/** A comment `-- lint: off rule: reason`. */
export interface SwitchOff {
  /** Half-open range of the comment in the file, in UTF-16 units. */
  readonly from: number
  readonly to: number
  readonly rule: string
  readonly reason: string
  /** Index of the statement that it stands on or above; null where none follows. */
  readonly statement: number | null
}

interface Place {
  readonly from: number
  readonly to: number
}

const COMMENT = /^--\s*lint\s*:\s*(.*)$/i

/** The switch-off comments of a file, each with the statement that it stands above, in, or behind on the same line. */
export function switchOffsOf(text: string, statements: readonly Place[]): readonly SwitchOff[] {
  if (!/--\s*lint\s*:/i.test(text)) return []
  const found: SwitchOff[] = []
  for (const { kind, from, to } of sqlTokens(text)) {
    const body = kind === 'comment' ? COMMENT.exec(text.slice(from, to).trimEnd()) : null
    if (body === null) continue
    const [, rule = '', reason = ''] = /^off\s+([^\s:]*)\s*:?\s*(.*)$/i.exec(body[1] ?? '') ?? []
    found.push({ from, to, rule, reason: reason.trim(), statement: statementFor(text, statements, from) })
  }
  return found
}

/** Where a switch-off line for a statement belongs: at the beginning of its line, or of the statement where others share the line. */
export function switchOffPlace(text: string, statements: readonly Place[], index: number): number {
  const { from = 0 } = statements[index] ?? {}
  const start = text.lastIndexOf('\n', from - 1) + 1
  return text.slice(start, from).trim() === '' ? start : from
}

function statementFor(text: string, statements: readonly Place[], at: number): number | null {
  const next = statements.findIndex(({ to }) => to > at)
  if (next >= 0 && (statements[next]?.from ?? 0) <= at) return next
  const before = next < 0 ? statements.length - 1 : next - 1
  const end = statements[before]?.to
  if (end !== undefined && !text.slice(end, at).includes('\n')) return before
  return next < 0 ? null : next
}
