import { beginWithLock } from './migration-lock'
import type { RunContext, StepOutcome, StepPlace } from './run-context'
import type { RunSettings } from './run-session'
import { atStatement } from './run-statements'
import { commitStep, recordOf } from './run-step'
import { CANCELLED, refusedCause, StepError } from './step-failure'

/** Writes the history of a migration of which nothing is run. Throws a `StepError`. */
export async function runMark(context: RunContext, settings: RunSettings, place: StepPlace): Promise<StepOutcome> {
  const { session, signal, ledger, appVersion } = context
  const { step } = place
  try {
    if (signal.aborted) throw new StepError(0, CANCELLED)
    const isLocked = (await beginWithLock(session)) && (await ledger.tryLock(session, 'transaction'))
    if (!isLocked) throw new StepError(0, refusedCause('lock', LOCKED))
    const isWritten =
      step.direction === 'apply'
        ? await ledger.recordMarked(session, recordOf(step, appVersion))
        : await ledger.recordUnmarked(session, step.name)
    if (!isWritten) {
      await session.query('rollback')
      return 'already'
    }
  } catch (error) {
    if (session.lostBecause === null) await session.query('rollback').catch(() => {})
    const failed = atStatement(0, error, signal)
    throw failed instanceof StepError
      ? new StepError(0, failed.failure, 'The history is as it was.', { cause: error })
      : failed
  }
  await commitStep(context, settings, place)
  return 'committed'
}

const LOCKED = 'Somebody else migrates this database at this moment. Try again when they are done.'
