import type { MigrationCause, MigrationFailure } from '../../../contract/failure'
import { lineColumnAt, offsetOfPosition } from '../../../contract/statement'
import { FailureError } from '../failure-error'
import { copyErrorPlace } from '../session/copy-data'
import type { ScriptStatement } from './migration-script'
import type { PlannedStep } from './run-plan'

/** Statements longer than this are cut where a failure quotes them. */
const MAX_QUOTED_UNITS = 100_000

/** SQLSTATE of a lock that was not granted within lock_timeout. */
export const LOCK_NOT_AVAILABLE = '55P03'

/** An error of a step with the place it stopped at. */
export class StepError extends Error {
  /** Statement number from 1; 0 when none had begun. */
  readonly statement: number
  readonly failure: MigrationCause
  /** What is left in the database, in words; null where the caller knows better. */
  readonly left: string | null
  /** Who held the lock that was not granted, in words; null where that is not known. */
  readonly waitedFor: string | null

  constructor(
    statement: number,
    failure: MigrationCause,
    left: string | null = null,
    options?: ErrorOptions & { readonly waitedFor?: string | null },
  ) {
    super('a migration step failed', options)
    this.statement = statement
    this.failure = failure
    this.left = left
    this.waitedFor = options?.waitedFor ?? null
  }
}

/** The cause inside any error; null for a defect of ours, which is thrown on. */
export function causeOf(error: unknown): MigrationCause | null {
  return error instanceof FailureError && error.failure.kind !== 'migration' ? error.failure : null
}

/** A refusal as the cause of a step. */
export function refusedCause(path: string, message: string): MigrationCause {
  return { kind: 'refused', issues: [{ path, message }] }
}

/** The run was cancelled while no statement was running. */
export const CANCELLED: MigrationCause = { kind: 'cancelled', message: 'Cancelled.' }

/** SQLSTATE of a cause the server gave; null for any other. */
export function sqlStateOf(cause: MigrationCause): string | null {
  return cause.kind === 'postgres' ? cause.code : null
}

/** The first line of a cause. */
export function messageOf(cause: MigrationCause): string {
  return cause.kind === 'refused' ? cause.issues.map((issue) => issue.message).join(' ') : cause.message
}

/** A step's failure as it crosses to the window, with the place in its file. */
export function stepFailure(
  step: Pick<PlannedStep, 'name' | 'direction' | 'script'>,
  error: StepError,
  left: string,
): MigrationFailure {
  const { script } = step
  const statement = script.statements[error.statement - 1]
  const cause = error.failure
  return {
    kind: 'migration',
    migration: step.name,
    direction: step.direction,
    file: script.file,
    statement: error.statement,
    statementCount: script.statements.length,
    statementText: (statement?.text ?? '').slice(0, MAX_QUOTED_UNITS),
    ...lineColumnAt(script.text, statement === undefined ? 0 : placeOf(script.text, statement, cause)),
    left,
    cause,
  }
}

/** Where in the script: at the value or line of the COPY data that the server names, at its position, else where the statement begins. */
function placeOf(script: string, { from, text, data, offsets }: ScriptStatement, cause: MigrationCause): number {
  if (cause.kind !== 'postgres') return from
  if (cause.position !== undefined) {
    const at = offsetOfPosition(text, cause.position)
    return offsets?.[at] ?? from + at
  }
  const inData = data === null || cause.where === undefined ? null : copyErrorPlace(cause.where, script, data)
  return inData?.from ?? from
}
