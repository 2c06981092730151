import type { MigrationFailure } from '../../../contract/failure'
import type { MigrationEvent } from '../../../contract/migration'
import { FailureError, refusal } from '../failure-error'
import type { Session } from '../session/session'
import { doneElsewhere } from './done-elsewhere'
import { beginKeeping, type SchemaKeeper } from './drift/schema-keeper'
import type { Ledger } from './ledger/ledger'
import { strataLedger } from './ledger/strata-ledger'
import { awaitLock, beginWithLock, tryLock, unlock } from './migration-lock'
import type { Moved, RunContext, StepOutcome, WholeTransaction } from './run-context'
import { runMark } from './run-mark'
import { runMigrations } from './run-migrations'
import type { PlannedStep, RunPlan } from './run-plan'
import { isDirect, RunSettings } from './run-session'
import { commitStep, runStep } from './run-step'
import { runStepUntransacted } from './run-step-untransacted'
import { CANCELLED, messageOf, StepError, sqlStateOf, stepFailure } from './step-failure'

/** A plan with the history it was made from. */
export interface FreshPlan {
  readonly plan: RunPlan
  readonly ledger: Ledger
  readonly hasHistory: boolean
  /** Names that are applied, or were being rolled back when that stopped half-way. */
  readonly appliedNames: readonly string[]
  /** Who applied what is in the history, by name. */
  readonly appliedBy: ReadonlyMap<string, string>
}

/** What a run needs. */
export interface RunRequest {
  /** Digest of the plan the user agreed to. */
  readonly digest: string
  /** That plan, when it was made by this engine; else it is made again. */
  readonly shown: RunPlan | null
  readonly openSession: () => Promise<Session>
  /** Reads files and history again. */
  readonly replan: (session: Session) => Promise<FreshPlan>
  /** Called once, before anything runs, with the plan that will. */
  readonly begin: (plan: RunPlan) => void
  readonly emit: (event: MigrationEvent) => void
  readonly signal: AbortSignal
  readonly appVersion: string
}

/** How a run ended. */
export interface RunResult {
  readonly outcome: 'complete' | 'nothing to do' | 'failed' | 'cancelled'
  /** Names committed, in order. */
  readonly committed: readonly string[]
  /** The step it failed at; null when it did not. */
  readonly failed: { readonly step: PlannedStep; readonly failure: MigrationFailure } | null
}

class NothingToDo extends Error {}

/** Others did a part of the plan: the rest is what the user agreed to. */
class PartlyDone extends Error {
  readonly rest: RunPlan

  constructor(rest: RunPlan) {
    super('a part of the plan was done elsewhere')
    this.rest = rest
  }
}

/**
 * Runs exactly the plan that was shown, on a session of its own and with the migration lock. Rejects with a `FailureError` when
 * nothing was run: refused, because files or history are not those of the plan any more, or not connected.
 */
export async function executeRun(request: RunRequest): Promise<RunResult> {
  const session = await request.openSession()
  const secondSession = new SecondSession(request.openSession)
  try {
    return await new Execution(request, session, () => secondSession.get()).run()
  } finally {
    await Promise.all([session.end(), secondSession.end()])
  }
}

class Execution {
  private readonly request: RunRequest
  private readonly session: Session
  private readonly control: () => Promise<Session>
  private readonly settings: RunSettings
  /** Whose bookkeeping it is turns out with the plan. */
  private ledger: Ledger = strataLedger
  private hasLock = false
  private hasHistory = false
  private hasMoved = false
  /** The plan that was told when the run began. */
  private begun: RunPlan | null = null
  private appliedNames = new Set<string>()
  private readonly committed: Moved[] = []
  /** Steps whose statements ran in the transaction of the whole run. */
  private readonly completed: { readonly step: PlannedStep; readonly number: number; readonly elapsedMs: number }[] = []
  private whole: WholeTransaction | null = null
  private failed: RunResult['failed'] = null
  private keeper: SchemaKeeper | null = null

  constructor(request: RunRequest, session: Session, control: () => Promise<Session>) {
    this.request = request
    this.session = session
    this.control = control
    this.settings = new RunSettings(session)
  }

  async run(): Promise<RunResult> {
    const { request, session } = this
    const direct = await isDirect(session)
    if (direct) await this.settings.begin()
    const { signal, emit, appVersion } = request
    const context: Omit<RunContext, 'ledger'> = {
      session,
      isDirect: direct,
      control: this.control,
      signal,
      emit,
      appVersion,
    }
    let shown = request.shown
    try {
      shown ??= await this.replanned(null)
      let rest: RunPlan | null = shown
      while (rest !== null) rest = await this.runAgreed(context, rest)
      this.begin(shown)
      return this.result(this.committed.length === 0 ? 'nothing to do' : 'complete')
    } catch (error) {
      if (error instanceof NothingToDo) return this.result('nothing to do')
      if (this.failed !== null) {
        return this.result(this.failed.failure.cause.kind === 'cancelled' ? 'cancelled' : 'failed')
      }
      if (!signal.aborted || !isCancellation(error)) throw error
      if (shown === null) throw new FailureError(CANCELLED)
      this.begin(shown)
      return this.result('cancelled')
    }
  }

  /** Runs a plan that was agreed to; answers with what is left of it when others turn out to have done a part. */
  private async runAgreed(context: Omit<RunContext, 'ledger'>, agreed: RunPlan): Promise<RunPlan | null> {
    this.whole = agreed.isAllOrNothing ? { isOpen: false } : null
    try {
      await runMigrations({
        steps: agreed.steps,
        executed: () => [...this.appliedNames],
        enter: () => this.enter(context, agreed),
        finish: () => this.finish({ ...context, ledger: this.ledger }),
        leave: () => this.leave(),
        move: (step) => this.move({ ...context, ledger: this.ledger }, step),
      })
      return null
    } catch (error) {
      if (error instanceof PartlyDone) return error.rest
      throw error
    }
  }

  /** The lock, then the same plan again: files and history may have moved while somebody else held it. */
  private async enter(context: Omit<RunContext, 'ledger'>, shown: RunPlan): Promise<void> {
    const { session, request } = this
    if (context.isDirect && !(await tryLock(session))) {
      if (shown.refusals.length === 0) this.begin(shown)
      await awaitLock(session, request.signal, (wait) => request.emit(wait))
    }
    this.hasLock = context.isDirect
    const plan = await this.replanned(shown)
    this.begin(plan)
    request.signal.throwIfAborted()
    if (plan.direction === 'apply' && !this.hasHistory) await this.prepareHistory(context)
    if (this.ledger === strataLedger && plan.steps.some(({ isMark }) => !isMark)) {
      this.keeper = await beginKeeping(session)
    }
  }

  /** Files and history as they are now; rejects when that is not what was agreed to, or only a part of it. */
  private async replanned(agreed: RunPlan | null): Promise<RunPlan> {
    const { plan, ledger, hasHistory, appliedNames, appliedBy } = await this.request.replan(this.session)
    this.ledger = ledger
    this.hasHistory = hasHistory
    this.appliedNames = new Set(appliedNames)
    if (plan.refusals.length > 0) throw new FailureError({ kind: 'refused', issues: [...plan.refusals] })
    if (plan.digest === (agreed?.digest ?? this.request.digest)) return plan
    const done = agreed === null ? null : doneElsewhere(agreed, plan)
    if (plan.steps.length > 0 && done === null) throw refusal('digest', CHANGED)
    this.begin(plan)
    if (done !== null) {
      const steps = done.map(({ name, title }) => ({ name, title, by: appliedBy.get(name) ?? null }))
      this.request.emit({ type: 'doneElsewhere', steps })
    }
    throw plan.steps.length === 0 ? new NothingToDo() : new PartlyDone(plan)
  }

  private begin(plan: RunPlan): void {
    if (this.begun !== null) return
    this.begun = plan
    this.request.begin(plan)
  }

  private async prepareHistory(context: Omit<RunContext, 'ledger'>): Promise<void> {
    const { session, request } = this
    const attempt = async () => {
      if (await beginWithLock(session)) return true
      await session.query('rollback')
      return false
    }
    await awaitLock(session, context.signal, (wait) => request.emit(wait), attempt)
    try {
      await this.ledger.createHistory(session)
      await session.query('commit')
    } catch (error) {
      await session.query('rollback').catch(() => {})
      throw error
    }
  }

  /** One COMMIT for all steps, when the run is one transaction. */
  private async finish(context: RunContext): Promise<void> {
    const last = this.completed.at(-1)
    if (this.whole?.isOpen !== true || last === undefined) return
    const { step, number } = last
    const place = { step, number, committed: [], discards: false, whole: this.whole }
    await commitStep(context, this.settings, place).catch((error: unknown) => this.stop(step, number, error))
    this.whole.isOpen = false
    for (const each of this.completed) this.tellCommitted(each.step, each.number, each.elapsedMs)
  }

  private tellCommitted({ name, direction }: PlannedStep, step: number, elapsedMs: number): void {
    this.committed.push({ name, direction })
    this.request.emit({ type: 'stepCommitted', name, step, elapsedMs })
  }

  private async leave(): Promise<void> {
    if (this.whole?.isOpen === true && this.session.lostBecause === null) {
      await this.session.query('rollback').catch(() => {})
    }
    if (this.hasMoved) await this.keeper?.finish(this.committed.at(-1)?.name ?? null)
    if (this.hasLock && this.session.lostBecause === null) await unlock(this.session).catch(() => {})
  }

  private async move(context: RunContext, step: PlannedStep): Promise<void> {
    const number = this.numberOf(step)
    const { emit, signal } = this.request
    signal.throwIfAborted()
    const discards = this.hasMoved
    this.hasMoved = true
    const { name } = step
    const startedAt = performance.now()
    emit({ type: 'stepStarted', name, step: number })
    const { isTransactional } = step.script.header
    const run = step.isMark ? runMark : isTransactional ? runStep : runStepUntransacted
    const isTogether = run === runStep && this.whole === null // it discards in the same round trip as it begins
    if (discards && !isTogether) await this.settings.discard().catch(() => {}) // a lost session shows in the step itself
    let outcome: StepOutcome
    try {
      outcome = await run(context, this.settings, {
        step,
        number,
        committed: this.committed,
        discards,
        whole: this.whole,
      })
    } catch (error) {
      return this.stop(step, number, error)
    }
    if (step.direction === 'apply') this.appliedNames.add(name)
    else this.appliedNames.delete(name)
    if (outcome === 'already') {
      return emit({ type: 'doneElsewhere', steps: [{ name, title: step.title, by: null }] })
    }
    const elapsedMs = performance.now() - startedAt
    if (outcome === 'committed') return this.tellCommitted(step, number, elapsedMs)
    this.completed.push({ step, number, elapsedMs })
    emit({ type: 'stepCompleted', name, step: number, elapsedMs })
  }

  /** A step's number in the plan that was told: others may have done those before it meanwhile. */
  private numberOf({ name, direction }: PlannedStep): number {
    const steps = this.begun?.steps ?? []
    return steps.findIndex((step) => step.name === name && step.direction === direction) + 1
  }

  /** Notes the failure of a step and tells it, then lets it end the run. */
  private async stop(step: PlannedStep, number: number, error: unknown): Promise<never> {
    if (!(error instanceof StepError)) throw error
    const failure = stepFailure(step, error, error.left ?? '')
    this.failed = { step, failure }
    if (step.script.header.isTransactional || step.isMark) await this.logFailure(step, error)
    this.request.emit({ type: 'stepFailed', name: step.name, step: number, failure })
    throw error
  }

  /** The log keeps failures too; a failure to write it must not hide the first one. */
  private async logFailure(step: PlannedStep, error: StepError): Promise<void> {
    if (error.failure.kind === 'cancelled' || this.session.lostBecause !== null) return
    const { name, direction } = step
    const record = {
      name,
      direction,
      statement: error.statement,
      message: messageOf(error.failure),
      code: sqlStateOf(error.failure),
    }
    await this.ledger.recordFailed(this.session, record, false).catch(() => {})
  }

  private result(outcome: RunResult['outcome']): RunResult {
    return { outcome, committed: this.committed.map(({ name }) => name), failed: this.failed }
  }
}

const CHANGED = 'The files or the history changed since the plan was shown. Nothing was run. Look at the new plan.'

function isCancellation(error: unknown): boolean {
  if (error instanceof FailureError) {
    const { failure } = error
    return failure.kind === 'cancelled' || (failure.kind === 'postgres' && failure.code === '57014')
  }
  return error instanceof Error && error.name === 'AbortError'
}

/** A session opened when it is first asked for, and again when it was lost. */
class SecondSession {
  private readonly open: () => Promise<Session>
  private opening: Promise<Session> | null = null

  constructor(open: () => Promise<Session>) {
    this.open = open
  }

  async get(): Promise<Session> {
    this.opening ??= this.open()
    try {
      const session = await this.opening
      if (session.lostBecause === null) return session
    } catch (error) {
      this.opening = null
      throw error
    }
    this.opening = this.open()
    return this.opening
  }

  async end(): Promise<void> {
    await this.opening?.then((session) => session.end()).catch(() => {})
  }
}
