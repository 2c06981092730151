import { setTimeout as pause } from 'node:timers/promises'
import type { Blocker } from '../../../contract/migration'
import type { Session } from '../session/session'
import type { TextRows } from '../session/text-rows'
import { checkConstraints } from './check-constraints'
import type { AppliedRecord } from './migration-history'
import { awaitLock, beginLockedWith } from './migration-lock'
import { quoteLiteral } from './quote-literal'
import { keptInWords, type RunContext, type StepOutcome, type StepPlace } from './run-context'
import type { PlannedStep } from './run-plan'
import { DISCARDING, type RunSettings } from './run-session'
import { atStatement, cancellable, runStatements } from './run-statements'
import { CANCELLED, LOCK_NOT_AVAILABLE, refusedCause, StepError, sqlStateOf } from './step-failure'

/** How often a step whose lock_timeout ran out is tried. */
const TRIES = 3
const PAUSE_MS = 1000
/** So that a waiting ALTER TABLE never holds up everybody behind it for long. */
const DEFAULT_LOCK_TIMEOUT = '5s'

/**
 * Moves one migration inside a transaction that also holds its row of the history: both are committed or neither. Throws a
 * `StepError`; a lock_timeout is tried again.
 */
export async function runStep(context: RunContext, settings: RunSettings, place: StepPlace): Promise<StepOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptStep(context, settings, place, attempt === TRIES)
    } catch (error) {
      if (!isLockTimeout(error) || attempt === TRIES || context.signal.aborted) throw error
      context.emit({
        type: 'lockTimedOut',
        name: place.step.name,
        statement: error.statement,
        lockTimeout: lockTimeoutOf(place.step),
        attempt: attempt + 1,
        tries: TRIES,
        pauseMs: PAUSE_MS * attempt,
      })
      await pause(PAUSE_MS * attempt, undefined, { signal: context.signal }).catch(() => {
        throw new StepError(
          error.statement,
          CANCELLED,
          error.left ?? 'Nothing of this run is left: its transaction is rolled back.',
        )
      })
    }
  }
}

function isLockTimeout(error: unknown): error is StepError {
  return error instanceof StepError && sqlStateOf(error.failure) === LOCK_NOT_AVAILABLE
}

function lockTimeoutOf({ script }: PlannedStep): string {
  return script.header.lockTimeout ?? DEFAULT_LOCK_TIMEOUT
}

/** What the history records of a step when it is applied. */
export function recordOf(step: PlannedStep, appVersion: string): AppliedRecord {
  return {
    name: step.name,
    title: step.title,
    checksum: step.script.checksum,
    downChecksum: step.down?.checksum ?? null,
    up: step.script.text,
    down: step.down?.text ?? null,
    isTransactional: step.script.header.isTransactional,
    statementCount: step.script.statements.length,
    appVersion,
  }
}

async function attemptStep(
  context: RunContext,
  settings: RunSettings,
  place: StepPlace,
  isLastTry: boolean,
): Promise<StepOutcome> {
  const { session, signal } = context
  const { step, whole } = place
  const startedAt = performance.now()
  let statement = 0
  try {
    if (signal.aborted) throw new StepError(0, CANCELLED)
    const status = await beginStep(context, place)
    if ((status === null) !== (step.direction === 'apply')) {
      await session.query(whole === null ? 'rollback' : `release savepoint ${STEP}`)
      return 'already'
    }
    if (status !== null && status !== 'applied') {
      throw new StepError(0, refusedCause(step.name, `The history says "${step.name}" is ${status}.`))
    }
    await runStatements(context, step, async (done) => {
      statement = done
      if (session.transactionStatus !== 'open') throw endedByFile(done)
    })
    // What COMMIT would check, checked while the failing statement can still be named as ours.
    if (whole !== null) await cancellable(session, () => checkConstraints(session), signal)
    // Not in a transaction that holds a whole run: its time is not the step's.
    const record =
      step.direction === 'apply' && whole === null
        ? context.ledger.appliedStatement?.(recordOf(step, context.appVersion))
        : undefined
    const checked = [
      ...(whole === null ? ['set constraints all immediate'] : []),
      ...settings.restoring(),
      ...(record === undefined ? [] : [record]),
    ]
    await cancellable(session, () => session.queryTogether(checked), signal)
    if (record === undefined) await recordMoved(context, step, performance.now() - startedAt)
    if (signal.aborted) throw new StepError(statement, CANCELLED)
  } catch (error) {
    const failed = atStatement(statement, error, signal)
    const isTriedAgain = isLockTimeout(failed) && !isLastTry && !signal.aborted
    if (whole === null || !isTriedAgain || session.transactionStatus === 'none') {
      throw await rolledBack(context, settings, place, failed)
    }
    // What earlier migrations did in this transaction waits for the next try.
    await session.query(`rollback to savepoint ${STEP}`)
    await session.query(`release savepoint ${STEP}`)
    throw failed
  }
  if (whole !== null) {
    await session.query(`release savepoint ${STEP}`)
    return 'completed'
  }
  await commitStep(context, settings, place)
  return 'committed'
}

async function recordMoved(
  { session, ledger, appVersion }: RunContext,
  step: PlannedStep,
  elapsedMs: number,
): Promise<void> {
  if (step.direction === 'apply') return ledger.recordApplied(session, recordOf(step, appVersion), elapsedMs)
  if (await ledger.recordRolledBack(session, step.name, elapsedMs)) return
  throw new StepError(
    step.script.statements.length,
    refusedCause(step.name, `"${step.name}" is not in the history any more.`),
  )
}

/** Savepoint around each step of a run that is one transaction. */
const STEP = 'strata_step'

/** Opens the step's transaction, or its part of the whole one, and answers with the migration's status in the history. */
async function beginStep(context: RunContext, { step, whole, discards }: StepPlace): Promise<string | null> {
  const { session, ledger } = context
  const setting = lockTimeoutAs(lockTimeoutOf(step))
  if (whole === null) {
    const before = discards ? [...DISCARDING, setting] : [setting]
    const question = ledger.statusStatement?.(step.name)
    const answers = await beginLocked(context, question === undefined ? before : [...before, question])
    return question === undefined ? ledger.readStatus(session, step.name) : (answers.at(-1)?.rows[0]?.[0] ?? null)
  }
  if (whole.isOpen) await session.queryTogether([setting])
  else await beginLocked(context, [setting])
  whole.isOpen = true
  await session.query(`savepoint ${STEP}`)
  return ledger.readStatus(session, step.name)
}

function lockTimeoutAs(lockTimeout: string): string {
  return `select pg_catalog.set_config('lock_timeout', ${quoteLiteral(lockTimeout)}, true)`
}

/** Opens the transaction with the migration lock held to its end, whatever became of the session's lock, and runs `further` in it. */
async function beginLocked(context: RunContext, further: readonly string[]): Promise<readonly TextRows[]> {
  const { session, ledger } = context
  let toolHolder: Blocker | null = null
  let answers: readonly TextRows[] | null = null
  const attempt = async () => {
    answers = await beginLockedWith(session, further)
    if (answers !== null) {
      if (await ledger.tryLock(session, 'transaction')) return true
      toolHolder = await ledger.readHolder(session)
    }
    await session.query('rollback')
    return false
  }
  if (await attempt()) return answers ?? []
  await awaitLock(
    session,
    context.signal,
    (wait) => context.emit({ ...wait, holder: wait.holder ?? toolHolder }),
    attempt,
  ).catch((error: unknown) => {
    throw context.signal.aborted ? new StepError(0, CANCELLED) : error
  })
  return answers ?? []
}

function endedByFile(statement: number): StepError {
  return new StepError(
    statement,
    refusedCause(
      'transaction',
      `Statement ${statement} ended the migration's transaction. A migration must not do that.`,
    ),
    `What ran up to statement ${statement} is committed, and the history does not record it. Undo it by hand.`,
  )
}

async function rolledBack(
  context: RunContext,
  settings: RunSettings,
  { committed, whole }: StepPlace,
  error: unknown,
): Promise<unknown> {
  const { session } = context
  const kept = keptInWords(committed)
  const isLost = session.lostBecause !== null || (error instanceof StepError && isLoss(error))
  if (!isLost) {
    await session.query('rollback').catch(() => {})
    // Only a transaction takes its settings back by itself; one the file ended does not.
    await settings.restore().catch(() => {})
    if (whole !== null) whole.isOpen = false
  }
  if (!(error instanceof StepError)) return error
  const what = whole === null ? 'this migration' : 'this run'
  const undone = isLost
    ? `Nothing of ${what} is left: the server rolls back what was not committed.`
    : `Nothing of ${what} is left: its transaction was rolled back.`
  const { cause, waitedFor } = error
  const left = (error.left ?? undone) + kept + (waitedFor === null ? '' : ` ${waitedFor}`)
  return new StepError(error.statement, error.failure, left, { cause })
}

const isLoss = (error: StepError) => error.failure.kind === 'connection' || error.failure.kind === 'unknown-outcome'

/** Commits the transaction of a step, or of the whole run whose last step it is. Throws a `StepError` when nothing of it is left. */
export async function commitStep(context: RunContext, settings: RunSettings, place: StepPlace): Promise<void> {
  const { session } = context
  const { step, committed, whole } = place
  const last = step.script.statements.length
  let transaction: string | null = null
  try {
    if (context.signal.aborted) throw new StepError(last, CANCELLED)
    // The history alone does not tell whether a redo took effect: it says the same before and after.
    if (whole !== null) transaction = await currentTransaction(session)
    const { command } = await session.query('commit')
    if (command === 'COMMIT' && session.transactionStatus === 'none') return
    throw new StepError(last, refusedCause('transaction', `The server answered ${command} instead of COMMIT.`))
  } catch (error) {
    const failed = atStatement(last, error, context.signal)
    if (!(failed instanceof StepError) || !isLoss(failed)) throw await rolledBack(context, settings, place, failed)
    if (await wasCommitted(context, place, transaction)) return
    const what = whole === null ? 'migration' : 'last migration'
    throw new StepError(
      last,
      failed.failure,
      `The connection was lost while the server committed, and the history does not show the ${what} as ${step.direction === 'apply' ? 'applied' : 'rolled back'}: nothing of it is left.${keptInWords(committed)}`,
      { cause: error },
    )
  }
}

async function currentTransaction(session: Session): Promise<string> {
  const { rows } = await session.query('select pg_catalog.pg_current_xact_id()::pg_catalog.text')
  return rows[0]?.[0] ?? ''
}

async function isCommitted(session: Session, transaction: string): Promise<boolean> {
  const { rows } = await session.query('select pg_catalog.pg_xact_status($1::pg_catalog.text::pg_catalog.xid8)', [
    transaction,
  ])
  return rows[0]?.[0] === 'committed'
}

/** Asks the history, over another session and once the lost backend is gone, whether a COMMIT without an answer took effect. */
async function wasCommitted(context: RunContext, { step }: StepPlace, transaction: string | null): Promise<boolean> {
  const lost = String(context.session.facts.backendPid)
  try {
    const control = await context.control()
    for (let tries = 0; tries < 100; tries += 1) {
      const { rows } = await control.query(
        'select 1::text from pg_catalog.pg_stat_activity where pid = $1::pg_catalog.text::integer and datname = pg_catalog.current_database()',
        [lost],
      )
      if (rows.length === 0) {
        if (transaction !== null) return await isCommitted(control, transaction)
        return (await context.ledger.readStatus(control, step.name)) === (step.direction === 'apply' ? 'applied' : null)
      }
      await pause(100)
    }
  } catch {
    // told below
  }
  throw new StepError(
    step.script.statements.length,
    {
      kind: 'unknown-outcome',
      statement: 'COMMIT',
      message: 'The connection was lost while the server committed. It is unknown whether the migration took effect.',
    },
    'Either all of this migration or nothing of it: the list shows which as soon as the server can be reached.',
  )
}
