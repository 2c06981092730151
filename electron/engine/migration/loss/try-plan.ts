import { failureMessage } from '../../../../contract/failure'
import { FailureError } from '../../failure-error'
import { postgresFailure } from '../../session/postgres-failure'
import type { Session } from '../../session/session'
import { checkConstraints } from '../check-constraints'
import type { PlannedStep, RunPlan } from '../run-plan'
import { RunSettings } from '../run-session'
import { cancellable } from '../run-statements'
import { compareStates, type FoundLoss, keyOf, overwritten, type TriedStep } from './compare-states'
import { type DataState, readDataState } from './data-state'
import { isOpaque, writtenLosses } from './loss-words'

/** Milliseconds that trying a plan may take: it holds the locks that the plan will hold. */
const TRY_LIMIT_MS = 2_000
/** Others wait behind a lock that is waited for. */
const LOCK_TIMEOUT = '300ms'

const MAX_SEQUENCES = 500

/** What a plan destroys, or why it could not be tried. */
export type Tried =
  | { readonly losses: readonly FoundLoss[]; readonly overwritten: readonly string[] }
  | { readonly because: string }

/**
 * Runs what a plan does to the schema and removes from it in a transaction that is rolled back, and compares what there is before and
 * after. What only adds rows or indexes is left out: it destroys nothing, takes time, and would move sequences for good.
 */
export async function tryPlan(session: Session, plan: RunPlan, isDirect: boolean, signal: AbortSignal): Promise<Tried> {
  const outside = plan.steps.find((step) => !step.script.header.isTransactional)
  if (outside !== undefined) return { because: `${outside.script.file} runs outside a transaction.` }
  const settings = new RunSettings(session)
  if (isDirect) await settings.begin()
  const limit = AbortSignal.timeout(TRY_LIMIT_MS)
  const trial = new Trial(session, AbortSignal.any([signal, limit]))
  await session.query('begin isolation level read committed')
  try {
    await session.query(`select pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
    const { rows: counting } = await session.query("select pg_catalog.current_setting('track_counts')")
    if (counting[0]?.[0] === 'off') return { because: 'The server counts no deleted rows: track_counts is off.' }
    const isOpaquePlan = plan.steps.some(({ script }) =>
      script.statements.some(({ text }) => isOpaque(text, session.hasStandardStrings)),
    )
    if (isOpaquePlan) await keepSequences(session)
    const before = await readDataState(session)
    const steps: TriedStep[] = []
    for (const step of plan.steps) {
      await session.query(`select pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`)
      const computed = await trial.run(step)
      await settings.restore()
      steps.push({ migration: step.name, state: await readDataState(session), computed })
    }
    const losses = compareStates(before, steps, await emptied(session, before, steps.at(-1)?.state))
    return { losses, overwritten: overwritten(before, steps) }
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

class Trial {
  private readonly session: Session
  private readonly signal: AbortSignal
  private hasLeftOut = false

  constructor(session: Session, signal: AbortSignal) {
    this.session = session
    this.signal = signal
  }

  /** Answers with the columns that it gave computed values. */
  async run({ script }: PlannedStep): Promise<ReadonlySet<string>> {
    const computed = new Set<string>()
    for (const { text, destroys } of script.statements) {
      this.signal.throwIfAborted()
      if (destroys) for (const column of await this.computedBy(text)) computed.add(column)
      if (isLeftOut(text)) this.hasLeftOut = true
      else {
        const isNeeded = destroys || isOpaque(text, this.session.hasStandardStrings)
        await this.attempt(() => this.session.query(text), isNeeded)
      }
      if (this.session.transactionStatus !== 'open') throw new Error(`${script.file} ends its transaction.`)
    }
    await this.attempt(() => checkConstraints(this.session), false)
    return computed
  }

  /** The columns to which ALTER … TYPE … USING gives computed values, by the names that they have now. */
  private async computedBy(text: string): Promise<readonly string[]> {
    const found: string[] = []
    for (const loss of writtenLosses(text, this.session.hasStandardStrings)) {
      if (loss.kind !== 'converted column' || !loss.isComputed) continue
      const { rows } = await this.session.query(
        `select a.attrelid::pg_catalog.text, a.attnum::pg_catalog.text from pg_catalog.pg_attribute a
         where a.attrelid = pg_catalog.to_regclass($1) and a.attname = (pg_catalog.parse_ident($2))[1] and a.attnum > 0`,
        [loss.name, loss.column],
      )
      for (const [oid, column] of rows) found.push(keyOf(oid ?? '', Number(column)))
    }
    return found
  }

  private async attempt(work: () => Promise<unknown>, isNeeded: boolean): Promise<void> {
    const { session, signal } = this
    // Without the rows of what was left out, a constraint may not hold, and an index may not be there.
    const mayFail = this.hasLeftOut && !isNeeded
    if (mayFail) await session.query('savepoint strata_loss')
    try {
      await cancellable(session, work, signal)
    } catch (error) {
      if (!mayFail || signal.aborted || session.lostBecause !== null) throw error
      await session.query('rollback to savepoint strata_loss')
    }
  }
}

/** True for what adds rows or indexes, or only reads: nothing is destroyed by it. */
function isLeftOut(text: string): boolean {
  return /^(?:insert|copy|create\s+(?:unique\s+)?index|reindex|cluster|vacuum|analyze|refresh|comment)\b/i.test(
    bare(text),
  )
}

/** The statement from its first word on. */
function bare(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*\n?|\/\*[\s\S]*?\*\/)+/, '')
}

/**
 * Gives the role's sequences a new file within the open transaction: what called code draws from them then goes back with the rollback,
 * which nextval alone never does.
 */
async function keepSequences(session: Session): Promise<void> {
  const { rows } =
    await session.query(`select pg_catalog.format('alter sequence %I.%I increment by %s', n.nspname, c.relname, s.seqincrement)
    from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname <> 'strata' and pg_catalog.pg_has_role(c.relowner, 'usage')
      and c.relpersistence <> 't' -- t = temporary: another session's
    order by 1 limit ${MAX_SEQUENCES}`)
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
  if (error instanceof FailureError) return failureMessage(error.failure)
  const failure = postgresFailure(error)
  if (failure !== null) return failureMessage(failure)
  return error instanceof Error ? error.message : null
}

/** An identifier between double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
