import { failureMessage } from '../../contract/failure'
import { countOf, formatSeconds } from '../ui/format'
import type { EndedRun, Migrations, RunningRun, StatementLog } from './migrations'
import { doingVerb, doneVerb, doneWords, nothingToDo } from './plan-words'
import { pendingCount, shownMigrations } from './shown-migrations'
import { blockerName, clockTime, listed } from './words'

/** What the run area says: the status line, a second line, its look, and how much is done. */
export interface RunStatus {
  readonly text: string
  readonly detail: string
  readonly look: 'quiet' | 'pending' | 'running' | 'applied' | 'failed' | 'changed'
  /** From 0 to 1; null when nothing is under way. */
  readonly progress: number | null
}

/** What to say of the run of a profile, or of what is to be run. */
export function runStatus(migrations: Migrations): RunStatus {
  const { run } = migrations
  switch (run.kind) {
    case 'running':
      return running(migrations, run)
    case 'ended':
      return { progress: null, ...ended(migrations, run) }
    case 'refused':
      return {
        text: 'Refused: nothing was run',
        detail: countOf(run.plan.refusals.length, 'reason'),
        look: 'quiet',
        progress: null,
      }
    case 'not started':
      return {
        text: `Failed: ${failureMessage(run.failure)}`,
        detail: 'Nothing was run.',
        look: 'quiet',
        progress: null,
      }
    case 'planning':
      if (run.isSlow) return { text: 'Reading the files and the history', detail: '', look: 'running', progress: 0 }
      return resting(migrations)
    case 'confirming':
    case 'idle':
      return resting(migrations)
  }
}

function resting(migrations: Migrations): RunStatus {
  const { rows, appliedCount } = shownMigrations(migrations)
  if (migrations.listing.kind !== 'listed' || rows.length === 0) {
    return { text: '', detail: '', look: 'quiet', progress: null }
  }
  const stopped = rows.find(({ migration }) => migration.stopped !== null)?.migration
  if (stopped !== undefined) {
    return {
      text: `${stopped.title} stands half-way`,
      detail: 'Select it, and resume it, retry it or mark it. Until then nothing else runs.',
      look: 'failed',
      progress: null,
    }
  }
  const next = rows[appliedCount]?.migration
  const last = rows[appliedCount - 1]?.migration
  const pending = pendingCount(migrations)
  const by = last?.appliedBy === null || last?.appliedBy === undefined ? '' : ` by ${last.appliedBy}`
  const lastWords = last === undefined ? 'Nothing is applied yet' : `Last applied: ${last.title}${by}`
  return next === undefined
    ? { text: 'Up to date', detail: lastWords, look: 'quiet', progress: null }
    : { text: `${countOf(pending, 'migration')} pending`, detail: `Next: ${next.title}`, look: 'quiet', progress: null }
}

function running(migrations: Migrations, run: RunningRun): RunStatus {
  const total = run.plan.steps.length
  const step = run.plan.steps[run.step - 1]
  const statements = step?.statements.length ?? 0
  const progress = run.step === 0 ? 0 : (run.step - 1 + within(migrations, run)) / total
  if (run.lockWait !== null) {
    const holder = run.lockWait.holder === null ? '' : ` held by ${blockerName(run.lockWait.holder)}`
    return {
      text: `Waiting for the migration lock${holder} since ${clockTime(run.lockWait.since)}`,
      detail: '',
      look: 'changed',
      progress,
    }
  }
  const verb = doingVerb(step, run.plan)
  const where = run.statement === 0 ? '' : `, statement ${run.statement} of ${statements}`
  const again = run.lockTry === null ? '' : `, try ${run.lockTry.attempt} of ${run.lockTry.tries}`
  const text = `${verb} ${Math.max(1, run.step)} of ${total}${where}${again}`
  if (run.cancelFailure !== null) {
    return { text, detail: `Cancel failed: ${failureMessage(run.cancelFailure)}`, look: 'failed', progress }
  }
  if (run.blockers.length > 0 || run.lockTry !== null) {
    return { text, detail: join(notGranted(run), blockedBy(run)), look: 'changed', progress }
  }
  return { text, detail: run.isCancelling ? 'Cancelling' : (step?.title ?? ''), look: 'running', progress }
}

function blockedBy({ blockers }: RunningRun): string {
  const [first] = blockers
  if (first === undefined) return ''
  const more = blockers.length === 1 ? '' : `, and by ${blockers.length - 1} more`
  const name = first.tabId === null ? blockerName(first) : 'your own tab'
  return `Blocked by ${name}${more}`
}

function notGranted({ lockTry }: RunningRun): string {
  return lockTry === null
    ? ''
    : `The lock was not granted within ${lockTry.lockTimeout.replace(/(?<=\d)(?=[a-z])/, ' ')}`
}

function within(migrations: Migrations, run: RunningRun): number {
  const step = run.plan.steps[run.step - 1]
  if (run.committed.includes(run.step)) return 1
  if (step === undefined || step.statements.length === 0) return 0
  const done = migrations.logs[step.name]?.statements.filter(({ state }) => DONE.has(state)).length ?? 0
  return done / step.statements.length
}

const DONE: ReadonlySet<StatementLog['state']> = new Set(['earlier', 'complete'])

function ended(migrations: Migrations, run: EndedRun): Omit<RunStatus, 'progress'> {
  const { plan, committed } = run
  const verb = doneVerb(plan)
  const titles = [...new Set(committed.map((number) => plan.steps[number - 1]?.title ?? ''))]
  const isUndone = plan.isAllOrNothing && run.failure?.kind === 'migration' && run.failure.cause.kind === 'postgres'
  const kept = isUndone
    ? 'Nothing of the run is left'
    : committed.length === 0
      ? ''
      : plan.action.kind === 'redo'
        ? redoneInWords(run)
        : `${verb} before: ${listed(titles)}`
  switch (run.outcome) {
    case 'complete': {
      const text = `${doneWords(plan, countOf(titles.length, 'migration'))} in ${formatSeconds(run.elapsedMs)}`
      return {
        text,
        detail: join(listed(titles), elsewhereInWords(run)),
        look: plan.direction === 'apply' ? 'applied' : 'pending',
      }
    }
    case 'nothing to do':
      return {
        text: nothingToDo(plan),
        detail: elsewhereInWords(run) || resting(migrations).detail,
        look: 'quiet',
      }
    case 'failed': {
      const message = run.failure === null ? 'the run stopped' : failureMessage(run.failure)
      return { text: `Failed: ${message}`, detail: join(placeOf(run), kept), look: 'failed' }
    }
    case 'cancelled': {
      const left = run.failure?.kind === 'migration' ? run.failure.left : null
      const done =
        committed.length === 0
          ? plan.action.kind === 'redo'
            ? 'nothing was done'
            : `nothing was ${verb.toLowerCase()}`
          : `${verb.toLowerCase()} ${committed.length} of ${countOf(plan.steps.length, plan.action.kind === 'redo' ? 'step' : 'migration')}`
      return { text: `Cancelled: ${left ?? done}`, detail: left === null ? listed(titles) : kept, look: 'changed' }
    }
    case 'lost': {
      const message = run.failure === null ? 'the run went out of sight' : failureMessage(run.failure)
      return { text: `Failed: ${message}`, detail: 'The list says what the history holds now.', look: 'failed' }
    }
  }
}

/** Where a redo that ended early leaves what it moved: "Stays rolled back: Create employee". */
function redoneInWords({ plan, committed, failure }: EndedRun): string {
  const ways = new Map<string, string>()
  for (const number of committed) {
    const step = plan.steps[number - 1]
    // What ran outside a transaction stands half-way where it failed: neither rolled back nor applied.
    const isHalfWay = failure?.kind === 'migration' && failure.migration === step?.name && !step.isTransactional
    if (step !== undefined && !isHalfWay) ways.set(step.title, step.direction)
  }
  const moved = (direction: string) => [...ways.keys()].filter((title) => ways.get(title) === direction)
  const [again, back] = [moved('apply'), moved('roll back')]
  return join(
    again.length === 0 ? '' : `Applied again: ${listed(again)}`,
    back.length === 0 ? '' : `Stays rolled back: ${listed(back)}`,
  )
}

/** "Already applied by ci: Create employee". */
function elsewhereInWords({ plan, elsewhere = [] }: EndedRun): string {
  if (elsewhere.length === 0) return ''
  const roles = [...new Set(elsewhere.flatMap(({ by }) => by ?? []))]
  const by = roles.length === 0 ? ' by somebody else' : ` by ${listed(roles)}`
  const done = plan.direction === 'apply' ? 'applied' : 'rolled back'
  return `Already ${done}${by}: ${listed(elsewhere.map(({ title }) => title))}`
}

function placeOf({ failure, plan }: EndedRun): string {
  if (failure?.kind !== 'migration') return ''
  const title = plan.steps.find((step) => step.name === failure.migration)?.title ?? failure.migration
  return `${title}, line ${failure.line}`
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('. ')
}
