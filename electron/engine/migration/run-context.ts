import type { Direction, MigrationEvent } from '../../../contract/migration'
import type { Session } from '../session/session'
import type { Ledger } from './ledger/ledger'
import type { PlannedStep } from './run-plan'

/** What the steps of a run share. */
export interface RunContext {
  readonly session: Session
  /** False behind a pooler: what is set in a session does not stay ours, and only transaction locks hold. */
  readonly isDirect: boolean
  /** A second session of the run, opened when it is first needed. */
  readonly control: () => Promise<Session>
  /** Where what is applied is recorded. */
  readonly ledger: Ledger
  readonly signal: AbortSignal
  readonly emit: (event: MigrationEvent) => void
  readonly appVersion: string
}

/** What became of a migration in this run. */
export type Moved = Pick<PlannedStep, 'name' | 'direction'>

/** One step within a run. */
export interface StepPlace {
  readonly step: PlannedStep
  /** Its number from 1. */
  readonly number: number
  /** The steps committed before it in this run. */
  readonly committed: readonly Moved[]
  /** True when an earlier step may have left something in the session that this one must not find. */
  readonly discards: boolean
  /** The transaction of the whole run; null when each step has its own. */
  readonly whole: WholeTransaction | null
}

/** One transaction for all steps of a run. */
export interface WholeTransaction {
  isOpen: boolean
}

/** What became of a step: `already` when somebody else had moved the migration, `completed` when it awaits the whole's COMMIT. */
export type StepOutcome = 'committed' | 'completed' | 'already'

/** What earlier steps of the run leave behind, in words. */
export function keptInWords(committed: readonly Moved[]): string {
  // A redo moves each twice: where it was moved last is where it stays.
  const ways = new Map<string, Direction>()
  for (const { name, direction } of committed) ways.set(name, direction)
  return keptOf(ways, 'apply', 'applied') + keptOf(ways, 'roll back', 'rolled back')
}

function keptOf(ways: ReadonlyMap<string, Direction>, direction: Direction, done: string): string {
  const names = [...ways.keys()].filter((name) => ways.get(name) === direction)
  if (names.length === 0) return ''
  if (names.length === 1) return ` ${names[0]} stays ${done}.`
  return ways.size === names.length
    ? ` The ${names.length} migrations before it in this run stay ${done}.`
    : ` ${names.length} migrations of this run stay ${done}.`
}
