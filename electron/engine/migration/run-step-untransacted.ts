import type { Blocker, Direction } from '../../../contract/migration'
import type { Session } from '../session/session'
import { type BuiltIndex, builtBy, leftBy, readInvalidIndexes } from './invalid-indexes'
import { awaitLock, tryLock } from './migration-lock'
import { keptInWords, type RunContext, type StepOutcome, type StepPlace } from './run-context'
import type { RunSettings } from './run-session'
import { atStatement, runStatements } from './run-statements'
import { recordOf } from './run-step'
import { CANCELLED, messageOf, refusedCause, StepError, sqlStateOf } from './step-failure'

/**
 * Moves one migration whose statements cannot share a transaction. Its row says `running` before the first of them and how far
 * it came after each, through a session of its own: the file may change role and search_path in the other. Throws a `StepError`.
 */
export async function runStepUntransacted(
  context: RunContext,
  settings: RunSettings,
  place: StepPlace,
): Promise<StepOutcome> {
  const { session, signal, ledger } = context
  const { step } = place
  const startedAt = performance.now()
  let completed = step.resume?.skips ?? 0
  let hasBegun = false
  let before: ReadonlySet<string> = new Set()
  try {
    if (signal.aborted) throw new StepError(0, CANCELLED)
    if (!context.isDirect) throw new StepError(0, refusedCause('pooler', POOLER))
    const control = await context.control()
    const status = await ledger.readStatus(control, step.name)
    if (step.resume === undefined && (status === null) !== (step.direction === 'apply')) return 'already'
    await holdToolLock(context, control)
    before = new Set((await readInvalidIndexes(control)).map(({ name }) => name))
    if (!(await recordBegun(context, control, step))) {
      throw new StepError(0, refusedCause(step.name, `The history says "${step.name}" is ${status ?? 'not applied'}.`))
    }
    hasBegun = true
    const { lockTimeout } = step.script.header
    if (lockTimeout !== null)
      await session.query("select pg_catalog.set_config('lock_timeout', $1, false)", [lockTimeout])
    await runStatements(context, step, async (statement) => {
      completed = statement
      if (session.transactionStatus !== 'none') {
        await session.query('rollback').catch(() => {})
        throw new StepError(
          statement,
          refusedCause(
            'transaction',
            `Statement ${statement} opened a transaction. Such a migration must not do that.`,
          ),
        )
      }
      if (givesLocksBack(step.script.statements[statement - 1]?.text ?? '')) await tryLock(session)
      if (step.script.statements[statement - 1]?.isConcurrentIndex)
        await checkIndexes(context, control, step, statement, before)
      if (!isRepair(step, statement)) await ledger.recordProgress(control, step.name, numberInFile(step, statement))
    })
    const elapsedMs = performance.now() - startedAt
    if (step.direction === 'apply') await ledger.recordCompleted(control, step.name, elapsedMs)
    else await ledger.recordRolledBack(control, step.name, elapsedMs)
  } catch (error) {
    throw await stopped(context, place, { hasBegun, completed, before }, atStatement(completed, error, signal))
  } finally {
    await context
      .control()
      .then((control) => ledger.unlock(control))
      .catch(() => {}) // a lost session holds nothing
    if (session.lostBecause === null) await settings.restore().catch(() => {})
  }
  return 'committed'
}

/** Waits for the lock of the tool whose folder it is; there is no transaction that could hold it. */
async function holdToolLock({ ledger, signal, emit }: RunContext, control: Session): Promise<void> {
  let holder: Blocker | null = null
  const attempt = async () => {
    if (await ledger.tryLock(control, 'session')) return true
    holder = await ledger.readHolder(control)
    return false
  }
  await awaitLock(control, signal, ({ waitedMs }) => emit({ type: 'lockAwaited', holder, waitedMs }), attempt).catch(
    (error: unknown) => {
      throw signal.aborted ? new StepError(0, CANCELLED) : error
    },
  )
}

/** True where the migration lock may go too: others would take the migration for one that was interrupted. */
function givesLocksBack(text: string): boolean {
  return /^\s*discard\s+all\b|\bpg_advisory_unlock_all\b/i.test(text)
}

const POOLER =
  'A pooler stands between Strata and the server, and this migration runs outside a transaction, where it cannot be kept exclusive. Connect to the server directly.'

async function stopped(
  context: RunContext,
  { step, committed }: StepPlace,
  reached: { readonly hasBegun: boolean; readonly completed: number; readonly before: ReadonlySet<string> },
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof StepError)) return error
  if (!reached.hasBegun) {
    const left = `Nothing of this migration was run.${keptInWords(committed)}`
    return new StepError(error.statement, error.failure, left, { cause: error })
  }
  // A redo has rolled it back before; it stands half-way now.
  const kept = keptInWords(committed.filter(({ name }) => name !== step.name))
  const completed = numberInFile(step, reached.completed)
  const words = [completed === 0 ? 'No statement of it has completed.' : completedInWords(completed)]
  try {
    const control = await context.control()
    const failed = step.script.statements[error.statement - 1]?.text ?? ''
    const invalid = await readInvalidIndexes(control)
    // Somebody else's build may have failed meanwhile.
    const possible = builtBy(failed) === null ? invalid : leftBy(failed, invalid)
    const left = invalid.filter(
      (index) =>
        step.resume?.left.includes(index.name) || (possible.includes(index) && !reached.before.has(index.name)),
    )
    for (const { name, table } of left) words.push(`INVALID index ${name} on ${table} is left.`)
    const record = {
      name: step.name,
      direction: step.direction,
      statement: numberInFile(step, error.statement),
      leftIndexes: left.map(({ name }) => name),
      message: messageOf(error.failure),
      code: sqlStateOf(error.failure),
    }
    await context.ledger.recordFailed(control, record, true)
    words.push(
      context.ledger.keepsUnfinished
        ? 'The history marks the migration as failed.'
        : forgets(context.ledger.tool, step.direction),
    )
  } catch {
    words.push('It could not be recorded as failed: the history says it is running.')
  }
  if (error.left !== null) words.push(error.left)
  if (error.waitedFor !== null) words.push(error.waitedFor)
  return new StepError(error.statement, error.failure, words.join(' ') + kept, { cause: error })
}

/** Most tools have no word for a migration that is half done. */
function forgets(tool: string, direction: Direction): string {
  return `${tool} has no mark for that: its table says the migration is ${direction === 'apply' ? 'not applied' : 'applied'}.`
}

function completedInWords(completed: number): string {
  return completed === 1 ? 'Statement 1 took effect and stays.' : `Statements 1 to ${completed} took effect and stay.`
}

/** IF NOT EXISTS succeeds on an INVALID index of an earlier attempt: the migration would be applied without its index. */
async function checkIndexes(
  { session }: RunContext,
  control: Session,
  step: StepPlace['step'],
  statement: number,
  before: ReadonlySet<string>,
): Promise<void> {
  const text = step.script.statements[statement - 1]?.text ?? ''
  const built = builtBy(text)
  const table = built === null ? null : await qualifiedTable(session, built)
  // One of the same name elsewhere, or an older one of the same table under another name, is not what was built.
  const own = leftBy(text, await readInvalidIndexes(control)).filter(
    (index) => (table === null || index.table === table) && (built?.index != null || !before.has(index.name)),
  )
  for (const index of own) {
    throw new StepError(
      statement,
      refusedCause(
        'index',
        `Index ${index.name} on ${index.table} is INVALID: an earlier attempt left it. Drop it, then run this again.`,
      ),
    )
  }
}

/** The table of a build as the file's session finds it; null when it does not. */
async function qualifiedTable(session: Session, { schema, table }: BuiltIndex): Promise<string | null> {
  const { rows } = await session.query(
    `select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid = pg_catalog.to_regclass(pg_catalog.concat_ws('.', pg_catalog.quote_ident($1), pg_catalog.quote_ident($2)))`,
    [schema, table],
  )
  return rows[0]?.[0] ?? null
}

async function recordBegun(context: RunContext, control: Session, step: StepPlace['step']): Promise<boolean> {
  const { ledger, appVersion } = context
  const { direction, script, resume } = step
  const statementCount = script.statements.length - (resume?.drops.length ?? 0)
  const record = { ...recordOf(step, appVersion), statementCount }
  if (resume !== undefined) {
    const { skips, drops } = resume
    return ledger.recordResuming(control, record, { direction, from: skips + 1, statementCount, drops })
  }
  if (direction === 'roll back') return ledger.recordRollingBack(control, step.name, statementCount, script)
  await ledger.recordRunning(control, record)
  return true
}

/** True for a statement that is not of the file. */
function isRepair({ resume }: StepPlace['step'], statement: number): boolean {
  return resume !== undefined && statement > resume.skips && statement <= resume.skips + resume.drops.length
}

/** A statement's number in the file; a repair has that of the last statement before it. */
function numberInFile(step: StepPlace['step'], statement: number): number {
  const { skips, drops } = step.resume ?? { skips: 0, drops: [] }
  return statement <= skips ? statement : Math.max(skips, statement - drops.length)
}
