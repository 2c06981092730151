import type { LockMode, RehearsedMigration, RehearsedStatement, RollbackVerdict } from '../../contract/rehearsal'
import { countOf, formatElapsed } from '../ui/format'

/** A verdict as one sentence with the look it has. */
export interface VerdictWords {
  readonly look: 'applied' | 'changed' | 'failed' | 'missing'
  readonly text: string
}

/** What a rehearsal found out about a rollback, in one sentence. */
export function verdictWords(verdict: RollbackVerdict): VerdictWords {
  switch (verdict.kind) {
    case 'identical':
      return { look: 'applied', text: 'Rolling back restores the schema exactly.' }
    case 'column order':
      return { look: 'changed', text: 'Rolling back restores everything except the order of columns.' }
    case 'leaves behind': {
      const [only, ...more] = verdict.lines
      if (only === undefined || more.length > 0)
        return { look: 'failed', text: 'Rolling back does not restore the schema:' }
      return { look: 'failed', text: `Rolling back does not restore the schema: ${only.text}.` }
    }
    case 'impossible':
      return { look: 'missing', text: `It cannot be rolled back. ${verdict.reason}` }
    case 'failed':
      return {
        look: 'failed',
        text: `Rolling back fails in ${verdict.failure.file}, line ${verdict.failure.line}.`,
      }
    case 'not proven':
      return { look: 'changed', text: `The rollback was not proven. ${verdict.reason}` }
  }
}

/** A lock mode as PostgreSQL's documentation writes it. */
export function lockName(mode: LockMode): string {
  return mode.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()
}

/** What a lock mode keeps others from. */
export function lockBlocks(mode: LockMode): 'reads and writes' | 'writes' | null {
  if (mode === 'AccessExclusive') return 'reads and writes'
  return mode === 'Share' || mode === 'ShareRowExclusive' || mode === 'Exclusive' ? 'writes' : null
}

/** A relation's name as the screen says it; schema public goes without saying. */
export function relationName(qualified: string): string {
  return qualified.replace(/^public\./, '')
}

/** Time and rows of a rehearsed statement. */
export function figuresOf({ elapsedMs, rows, leftOut }: RehearsedStatement): string {
  if (leftOut !== null) return 'left out'
  if (elapsedMs === null) return 'failed'
  return rows === null ? formatElapsed(elapsedMs) : `${countOf(rows, 'row')} · ${formatElapsed(elapsedMs)}`
}

/** Everything a rehearsed statement did, read out. */
export function readOut(statement: RehearsedStatement): string {
  const { locks, rewritten, scanned, leftOut } = statement
  const parts = [figuresOf(statement)]
  for (const { relation, mode } of locks) parts.push(`${lockName(mode)} lock on ${relationName(relation)}`)
  if (rewritten.length > 0) parts.push(`rewrites ${rewritten.map(relationName).join(', ')}`)
  if (scanned > 0) parts.push(`scans ${countOf(scanned, 'row')}`)
  if (leftOut !== null) parts.push(leftOut)
  return parts.join(', ')
}

/** True when the files hold other statements than those that were rehearsed. */
export function isOutdated(
  { up, down, failure }: RehearsedMigration,
  texts: { readonly up: string | null; readonly down: string | null },
  statementCount: number,
): boolean {
  if (failure === null && up.length !== statementCount) return true
  return !holds(texts.up, up) || !holds(texts.down, down)
}

function holds(text: string | null, statements: readonly RehearsedStatement[]): boolean {
  let at = 0
  for (const statement of statements) {
    const found = text?.indexOf(statement.text, at) ?? -1
    if (found < 0) return false
    at = found + statement.text.length
  }
  return true
}
