import type { StoppedMigration } from '../../../contract/migration'
import { type InvalidIndex, leftBy } from './invalid-indexes'
import type { HistoryRow } from './migration-history'
import type { Script } from './migration-script'

/** What is known of the migrations that stand half-way, beside their rows. */
export interface HalfWay {
  /** Who holds the migration lock, in words; null when nobody does. */
  readonly lockHolder: string | null
  readonly invalidIndexes: readonly InvalidIndex[]
}

/** Where a migration stopped half-way; null when it did not, or when somebody is at work on it. */
export function stoppedOf(row: HistoryRow, script: Script | null, halfWay: HalfWay): StoppedMigration | null {
  if (row.status === 'applied' || isAtWork(row, halfWay)) return null
  const statement = script?.statements[row.statementNumber]
  return {
    direction: row.direction,
    completed: row.statementNumber,
    statementCount: row.statementCount,
    statement:
      statement === undefined ? null : { line: statement.line, text: statement.text.slice(0, MAX_SHOWN_UNITS) },
    error: row.status === 'failed' ? (row.error ?? 'The error was not recorded.') : null,
    invalidIndexes: indexesOf(row, script, halfWay.invalidIndexes),
  }
}

/** True while the one who holds the migration lock may still be running it. */
export function isAtWork(row: HistoryRow, { lockHolder }: HalfWay): boolean {
  return row.status === 'running' && lockHolder !== null
}

/** Qualified names of the INVALID indexes that a migration left where it stopped, as far as they are still INVALID. */
export function indexesOf(row: HistoryRow, script: Script | null, invalid: readonly InvalidIndex[]): string[] {
  const stoppedAt = script?.statements[row.statementNumber]
  const left = new Set(row.leftIndexes ?? [])
  if (stoppedAt?.isConcurrentIndex) for (const { name } of leftBy(stoppedAt.text, invalid)) left.add(name)
  return invalid.map(({ name }) => name).filter((name) => left.has(name))
}

const MAX_SHOWN_UNITS = 10_000
