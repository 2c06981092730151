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

/** One step within a run. */
export interface StepPlace {
  readonly step: PlannedStep
  /** Its number from 1. */
  readonly number: number
  /** Names of the steps committed before it in this run. */
  readonly committed: readonly string[]
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
export function keptInWords(committed: readonly string[], direction: Direction): string {
  if (committed.length === 0) return ''
  const done = direction === 'apply' ? 'stays applied' : 'stays rolled back'
  if (committed.length === 1) return ` ${committed[0]} ${done}.`
  return ` The ${committed.length} migrations before it in this run ${done.replace('stays', 'stay')}.`
}
