import { setTimeout as later } from 'node:timers'
import type { Channel } from '../../contract/define'
import type { MigrationFailure } from '../../contract/failure'
import type { MigrationAction, MigrationEvent, MigrationPlan } from '../../contract/migration'
import { FailureError, refusal } from '../engine/failure-error'
import type { CommonOptions, MoveOptions } from './command'
import { describeFailure, withoutSecrets } from './describe-failure'
import { EXIT } from './exit-code'
import type { Interruption } from './interruption'
import type { OpenMigrations } from './open-migrations'
import { planLines, questionFor, summaryOf, verbOf } from './plan-lines'
import { requireDatabaseName } from './production'
import { tellProgress } from './progress'
import type { Outcome, Result } from './result'
import { tellLosses } from './tell-losses'
import type { Terminal } from './terminal'

/** What moving migrations needs. */
export interface Move {
  readonly open: OpenMigrations
  /** What it comes to, in the past tense. */
  readonly participle: 'applied' | 'rolled back' | 'repaired'
  readonly action: MigrationAction
  readonly options: MoveOptions
  readonly common: CommonOptions
  readonly terminal: Terminal
  readonly interruption: Interruption
  /** False where nobody is to be asked. */
  readonly mayAsk: boolean
}

/** Plans, shows the plan, asks where that is due, and runs exactly that plan. */
export async function moveMigrations(move: Move): Promise<Result> {
  const { open, options, terminal, common } = move
  const { migrations, profileId } = open
  const { action } = move
  const { isAllOrNothing } = options
  const plan = await migrations.plan({ profileId, action, isAllOrNothing })
  if (plan.refusals.length > 0) {
    return ended(move, plan, 'refused', { failure: { kind: 'refused', issues: plan.refusals } })
  }
  if (plan.steps.length === 0) return ended(move, plan, 'nothing to do')
  if (options.isDryRun) return ended(move, plan, 'planned')
  if (!common.isJson) for (const line of planLines(plan)) terminal.tell(line)
  if (move.mayAsk && !options.isAgreed) await tellLosses(open, plan, terminal)
  await requireDatabaseName(move)
  if (!options.isAgreed && !(await isAgreed(move, plan))) {
    return ended(move, plan, 'cancelled', { exitCode: EXIT.refused })
  }
  return run(move, plan, action)
}

/** The action of a verb and its options. */
export function actionOf(verb: 'apply' | 'rollback', { isNext, to, isAll }: MoveOptions): MigrationAction {
  if (verb === 'apply') {
    if (to !== null) return { kind: 'apply up to', name: to }
    return { kind: isNext ? 'apply next' : 'apply all' }
  }
  if (to !== null) return { kind: 'roll back to', name: to }
  return { kind: isAll ? 'roll back all' : 'roll back last' }
}

/** Elsewhere than on a terminal the command itself is the agreement to apply; all else needs --yes. */
async function isAgreed({ action, terminal, mayAsk }: Move, plan: MigrationPlan): Promise<boolean> {
  if (!mayAsk) {
    if (action.kind.startsWith('apply')) return true
    const names = plan.steps.map((step) => step.name).join(', ')
    throw refusal('yes', `This would ${verbOf(plan)} ${names}. Nothing was run: agree to it with --yes.`)
  }
  const answer = await terminal.ask(questionFor(plan))
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}

async function run(move: Move, plan: MigrationPlan, action: MigrationAction): Promise<Result> {
  const { open, common, terminal, interruption } = move
  const { migrations, profileId } = open
  const took = new Map<string, number>()
  const elsewhere = new Set<string>()
  let failure: MigrationFailure | null = null
  let outcome: Outcome = 'failed'
  let elapsedMs = 0
  let isTooLate = false
  let waiting: NodeJS.Timeout | null = null
  const cancel = () => void migrations.stop()
  const stopWaiting = () => {
    if (waiting !== null) clearTimeout(waiting)
    waiting = null
  }
  const hear = (event: MigrationEvent) => {
    tellProgress(event, terminal)
    if (event.type === 'lockAwaited' && common.lockWaitMs !== null) {
      waiting ??= later(
        () => {
          isTooLate = true
          cancel()
        },
        Math.max(0, common.lockWaitMs - event.waitedMs),
      )
    } else if (event.type === 'stepStarted') stopWaiting()
    else if (event.type === 'doneElsewhere') for (const { name } of event.steps) elsewhere.add(name)
    else if (event.type === 'stepCommitted') took.set(event.name, event.elapsedMs)
    else if (event.type === 'stepFailed') failure = event.failure
    else if (event.type === 'runEnded') {
      outcome = event.outcome
      elapsedMs = event.elapsedMs
    }
  }
  const channel: Channel<MigrationEvent> = { send: hear, isClosed: false, onClose: () => {} }
  interruption.stopWith(cancel)
  try {
    const { digest, isAllOrNothing } = plan
    await migrations.run({ profileId, action, digest, isAllOrNothing }, channel)
  } catch (error) {
    // A run that was stopped before it began is refused by the engine in words of its own.
    if (interruption.exitCode === null || !(error instanceof FailureError)) throw error
    outcome = 'cancelled'
  } finally {
    stopWaiting()
    interruption.stopWith(null)
  }
  if (outcome === 'cancelled' && isTooLate && interruption.exitCode === null) outcome = 'lock not had'
  return ended(move, plan, outcome, { failure, took, elsewhere, elapsedMs })
}

function ended(
  move: Move,
  plan: MigrationPlan,
  outcome: Outcome,
  more: {
    readonly failure?: MigrationFailure | { kind: 'refused'; issues: MigrationPlan['refusals'] } | null
    readonly took?: ReadonlyMap<string, number>
    readonly elsewhere?: ReadonlySet<string>
    readonly elapsedMs?: number
    readonly exitCode?: number
  } = {},
): Result {
  const { open, terminal, common, interruption } = move
  const { failure = null, took = new Map<string, number>(), elapsedMs = 0 } = more
  if (failure !== null && !common.isJson) {
    for (const line of describeFailure(failure)) terminal.tell(line)
  }
  const steps = plan.steps.map(({ name, title, direction, reason, file, isTransactional, statements }) => ({
    name,
    title,
    direction,
    reason,
    file,
    isTransactional,
    statementCount: statements.length,
    state: took.has(name)
      ? 'committed'
      : more.elsewhere?.has(name)
        ? 'done elsewhere'
        : failure?.kind === 'migration' && failure.migration === name
          ? 'failed'
          : 'not run',
    elapsedMs: took.get(name) ?? null,
  }))
  return {
    exitCode: more.exitCode ?? codeOf(outcome, interruption),
    outcome,
    failure: failure === null ? null : withoutSecrets(failure),
    fields: {
      database: open.target.database,
      host: open.target.host,
      folder: open.folder,
      direction: plan.direction,
      steps,
      elapsedMs,
    },
    lines:
      outcome === 'planned'
        ? planLines(plan)
        : summaryOf({ plan, participle: move.participle, outcome, done: took.size, elapsedMs }),
  }
}

function codeOf(outcome: Outcome, interruption: Interruption): number {
  switch (outcome) {
    case 'complete':
    case 'nothing to do':
    case 'planned':
      return EXIT.done
    case 'refused':
      return EXIT.refused
    case 'lock not had':
      return EXIT.locked
    case 'cancelled':
      return interruption.exitCode ?? EXIT.interrupted
    default:
      return EXIT.failed
  }
}
