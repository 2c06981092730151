import { failureMessage } from '../../../../contract/failure'
import { FailureError } from '../../failure-error'
import { postgresFailure } from '../../session/postgres-failure'
import type { Session } from '../../session/session'
import type { RunPlan } from '../run-plan'
import { RunSettings } from '../run-session'
import { runStatements } from '../run-statements'
import { StepError } from '../step-failure'
import { compareStates, type FoundLoss, type TriedStep } from './compare-states'
import { type DataState, readDataState } from './data-state'

/** Milliseconds that trying a plan may take: it holds the locks that the plan will hold. */
const TRY_LIMIT_MS = 2_000
/** Others wait behind a lock that is waited for. */
const LOCK_TIMEOUT = '300ms'

/** Words of statements that may draw from a sequence; functions that do are called by them or by a query. */
const DRAWS = /\b(insert|copy|merge|nextval|setval|select|call|do)\b/i
const MAX_SEQUENCES = 500

/** What a plan destroys, or why it could not be tried. */
export type Tried = { readonly losses: readonly FoundLoss[] } | { readonly because: string }

/** Runs a plan in a transaction that is rolled back, and compares what there is before and after. */
export async function tryPlan(session: Session, plan: RunPlan, isDirect: boolean, signal: AbortSignal): Promise<Tried> {
  const outside = plan.steps.find((step) => !step.script.header.isTransactional)
  if (outside !== undefined) return { because: `${outside.script.file} runs outside a transaction.` }
  const settings = new RunSettings(session)
  if (isDirect) await settings.begin()
  const limit = AbortSignal.timeout(TRY_LIMIT_MS)
  await session.query('begin isolation level read committed')
  try {
    await session.query(`select pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
    if (plan.steps.some(({ script }) => DRAWS.test(script.text))) await keepSequences(session)
    const before = await readDataState(session)
    const steps: TriedStep[] = []
    for (const step of plan.steps) {
      await session.query(`select pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
      const context = {
        session,
        isDirect: false, // nobody is told who blocks
        control: () => Promise.reject(new Error('a trial has no second session')),
        signal: AbortSignal.any([signal, limit]),
        emit: () => {},
      }
      await runStatements(context, step, async () => {
        if (session.transactionStatus !== 'open') throw new Error(`${step.script.file} ends its transaction.`)
      })
      await session.query('set constraints all immediate')
      await settings.restore()
      steps.push({ migration: step.name, state: await readDataState(session) })
    }
    return { losses: compareStates(before, steps, await emptied(session, before, steps.at(-1)?.state)) }
  } catch (error) {
    if (signal.aborted) throw error
    if (limit.aborted) return { because: `It took longer than ${TRY_LIMIT_MS / 1000} s.` }
    const said = saidBy(error)
    if (said === null) throw error
    return { because: said }
  } finally {
    if (session.lostBecause === null && session.transactionStatus !== 'none') await session.query('rollback')
  }
}

/**
 * Gives every sequence a new file within the open transaction: what is drawn from it then goes back with the rollback, which nextval
 * alone never does. Rejects where a sequence belongs to somebody else.
 */
async function keepSequences(session: Session): Promise<void> {
  const { rows } =
    await session.query(`select pg_catalog.format('alter sequence %I.%I increment by %s', n.nspname, c.relname, s.seqincrement)
    from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname <> 'strata' and c.relpersistence <> 't' -- t = temporary: another session's
    order by 1`)
  if (rows.length > MAX_SEQUENCES) throw new Error(`There are over ${MAX_SEQUENCES} sequences to draw from.`)
  if (rows.length > 0) await session.queryTogether(rows.map(([text]) => text ?? ''))
}

/** Tables with a new file and no row in it: TRUNCATE leaves them so, wherever it was called. */
async function emptied(
  session: Session,
  before: DataState,
  after: DataState | undefined,
): Promise<ReadonlySet<string>> {
  const empty = new Set<string>()
  for (const { oid, file, kind } of before.values()) {
    const now = after?.get(oid)
    if (kind !== 'table' || now === undefined || now.file === file) continue
    const { rows } = await session.query(
      `select 1::pg_catalog.text from only ${quoted(now.schema)}.${quoted(now.name)} limit 1`,
    )
    if (rows.length === 0) empty.add(oid)
  }
  return empty
}

function saidBy(error: unknown): string | null {
  if (error instanceof StepError) return failureMessage(error.failure)
  if (error instanceof FailureError) return failureMessage(error.failure)
  const failure = postgresFailure(error)
  if (failure !== null) return failureMessage(failure)
  return error instanceof Error ? error.message : null
}

/** An identifier between double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
