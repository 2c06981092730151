import type { Blocker, Direction } from '../../../contract/migration'
import type { Session } from '../session/session'
import { awaitLock } from './migration-lock'
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
  let completed = 0
  let hasBegun = false
  let before: ReadonlySet<string> = new Set()
  try {
    if (signal.aborted) throw new StepError(0, CANCELLED)
    if (!context.isDirect) throw new StepError(0, refusedCause('pooler', POOLER))
    const control = await context.control()
    const status = await ledger.readStatus(control, step.name)
    if ((status === null) !== (step.direction === 'apply')) return 'already'
    await holdToolLock(context, control)
    before = new Set((await invalidIndexes(control)).keys())
    if (step.direction === 'apply') await ledger.recordRunning(control, recordOf(step, context.appVersion))
    else if (!(await ledger.recordRollingBack(control, step.name, step.script.statements.length))) {
      throw new StepError(0, refusedCause(step.name, `The history says "${step.name}" is ${status}.`))
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
      if (step.script.statements[statement - 1]?.isConcurrentIndex) await checkIndexes(control, step, statement, before)
      await ledger.recordProgress(control, step.name, statement)
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
  await awaitLock(control, signal, (_, waitedMs) => emit({ type: 'lockAwaited', holder, waitedMs }), attempt).catch(
    (error: unknown) => {
      throw signal.aborted ? new StepError(0, CANCELLED) : error
    },
  )
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
  const kept = keptInWords(committed, step.direction)
  if (!reached.hasBegun) {
    return new StepError(error.statement, error.failure, `Nothing of this migration was run.${kept}`, { cause: error })
  }
  const { completed } = reached
  const words = [completed === 0 ? 'No statement of it has completed.' : completedInWords(completed)]
  try {
    const control = await context.control()
    const invalid = await invalidIndexes(control)
    for (const [name, table] of invalid) {
      if (!reached.before.has(name))
        words.push(`INVALID index ${name} on ${table} is left: drop it before you try again.`)
    }
    const record = {
      name: step.name,
      direction: step.direction,
      statement: error.statement,
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

/** Schema-qualified names of INVALID indexes with their tables: an interrupted concurrent build leaves them. */
async function invalidIndexes(session: Session): Promise<ReadonlyMap<string, string>> {
  const { rows } =
    await session.query(`select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
      pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname)
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_class t on t.oid = i.indrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
    where not i.indisvalid and c.relkind = 'i' -- i = index; a partitioned index may wait for its parts
    order by 1`)
  return new Map(rows.map((row) => [row[0] ?? '', row[1] ?? '']))
}

/** IF NOT EXISTS succeeds on an INVALID index of an earlier attempt: the migration would be applied without its index. */
async function checkIndexes(
  session: Session,
  step: StepPlace['step'],
  statement: number,
  before: ReadonlySet<string>,
): Promise<void> {
  const text = step.script.statements[statement - 1]?.text ?? ''
  const named = /\bconcurrently\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\s+on\b/iu.exec(
    text,
  )?.[1]
  for (const [name, table] of await invalidIndexes(session)) {
    const isNamed = named !== undefined && sameName(named, name)
    if (before.has(name) && !isNamed) continue
    throw new StepError(
      statement,
      refusedCause(
        'index',
        `Index ${name} on ${table} is INVALID: an earlier attempt left it. Drop it, then run this again.`,
      ),
    )
  }
}

function sameName(written: string, qualified: string): boolean {
  const bare = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase()
  const own = qualified.endsWith('"')
    ? (/"((?:[^"]|"")+)"$/.exec(qualified)?.[1] ?? '').replaceAll('""', '"')
    : qualified.slice(qualified.lastIndexOf('.') + 1)
  return bare === own
}
