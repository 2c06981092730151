import type { Blocker } from '../../../contract/migration'
import { postgresFailure, QUERY_CANCELED } from '../session/postgres-failure'
import type { Session } from '../session/session'
import { watchStatement } from './blocked-watch'
import { blockersInWords } from './blockers'
import type { RunContext } from './run-context'
import type { PlannedStep } from './run-plan'
import { runStatement } from './run-statement'
import { CANCELLED, causeOf, LOCK_NOT_AVAILABLE, StepError, sqlStateOf } from './step-failure'

/** Runs a step's statements one by one, telling each; throws a `StepError` at the first that fails or when the run was cancelled. */
export async function runStatements(
  context: RunContext,
  step: PlannedStep,
  afterEach: (statement: number) => Promise<void>,
): Promise<void> {
  const { session, signal, emit } = context
  const { name } = step
  let statement = 0
  for (const one of step.script.statements) {
    statement += 1
    if (statement <= (step.resume?.skips ?? 0)) continue
    if (signal.aborted) throw new StepError(statement - 1, CANCELLED)
    emit({ type: 'statementStarted', name, statement })
    const startedAt = performance.now()
    let blockers: readonly Blocker[] = []
    const number = statement
    const stopWatching = context.isDirect
      ? watchStatement(context.control, session.facts.backendPid, {
          blocked: (by) => {
            blockers = by
            emit({ type: 'statementBlocked', name, statement: number, by })
          },
          progressed: (progress) => emit({ type: 'indexProgressed', name, statement: number, ...progress }),
        })
      : () => {}
    let rows: number | null
    try {
      rows = await cancellable(session, () => runStatement(session, step.script, one), signal)
    } catch (error) {
      throw waitedFor(blockers, atStatement(statement, error, signal))
    } finally {
      stopWatching()
    }
    await afterEach(statement)
    emit({ type: 'statementCompleted', name, statement, elapsedMs: performance.now() - startedAt, rows })
  }
}

/** The error, with who held the lock when it is that of a lock_timeout. */
export function waitedFor(blockers: readonly Blocker[], error: unknown): unknown {
  if (!(error instanceof StepError) || sqlStateOf(error.failure) !== LOCK_NOT_AVAILABLE || blockers.length === 0)
    return error
  return new StepError(error.statement, error.failure, error.left, {
    cause: error.cause,
    waitedFor: `It waited for ${blockersInWords(blockers)}.`,
  })
}

/** Runs statements that may take long, and cancels them when the signal says stop. */
export async function cancellable<T>(session: Session, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const cancel = () => void session.cancel().catch(() => {}) // a lost session ends the statement by itself
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** The error with its place; our own cancel is told from a timeout, which has the same SQLSTATE. */
export function atStatement(statement: number, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof StepError) return error
  const cause = causeOf(error) ?? postgresFailure(error)
  if (cause === null) return error
  const isOurs = signal.aborted && cause.kind === 'postgres' && cause.code === QUERY_CANCELED
  return new StepError(statement, isOurs ? CANCELLED : cause, null, { cause: error })
}
