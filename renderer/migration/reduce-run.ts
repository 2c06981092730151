import type { Failure, MigrationFailure } from '../../contract/failure'
import type { MigrationEvent, MigrationPlan } from '../../contract/migration'
import type { Migrations, RunningRun, StatementLog, StepLog } from './migrations'
import { select, withOverview } from './selection'

/** A run that was asked for and of which nothing was heard yet. */
export function startedRun(plan: MigrationPlan, at: number | null): RunningRun {
  return {
    kind: 'running',
    runId: null,
    plan,
    step: 0,
    statement: 0,
    committed: [],
    elsewhere: [],
    blockers: [],
    blockersAt: 0,
    indexBuild: null,
    lockTry: null,
    lockWait: null,
    startedAt: at,
    isCancelling: false,
    cancelFailure: null,
  }
}

/** The migrations of a profile after the engine reported something of a run. */
export function reduceRunReport(before: Migrations, event: MigrationEvent, at: number): Migrations {
  if (event.type === 'runStarted') {
    // Without a run of our own asking, this is one that was joined: when it began is not known.
    const run = before.run.kind === 'running' ? before.run : startedRun(event.plan, null)
    return { ...before, followsRun: true, run: { ...run, runId: event.runId, plan: event.plan } }
  }
  const { run } = before
  if (run.kind !== 'running') return event.type === 'runEnded' ? withOverview(before, event.overview) : before
  switch (event.type) {
    case 'lockAwaited': {
      const { holder, behind, waitedMs } = event
      const lockWait = { holder, ...(behind !== undefined && { behind }), since: at - waitedMs, seenAt: at }
      return { ...before, run: { ...run, lockWait } }
    }
    case 'doneElsewhere':
      return { ...before, run: { ...run, lockWait: null, elsewhere: [...run.elsewhere, ...event.steps] } }
    case 'stepStarted':
      return stepStarted(before, run, event.step)
    case 'statementStarted': {
      const startedAt = run.startedAt === null ? null : at
      // In another try the same ones are most likely still in the way: the next look at them says so.
      const blockers = run.lockTry === null ? [] : run.blockers
      const after = {
        ...before,
        run: { ...run, statement: event.statement, blockers, indexBuild: null, lockWait: null },
      }
      return withStatement(after, event.name, event.statement, { state: 'running', startedAt })
    }
    case 'statementBlocked':
      return { ...before, run: { ...run, blockers: event.by, blockersAt: at } }
    case 'indexProgressed':
      return { ...before, run: { ...run, indexBuild: event } }
    case 'lockTimedOut': {
      const after = { ...before, run: { ...run, lockTry: event } }
      return withLog(after, event.name, (log) => ({ ...log, statements: log.statements.map(notYetRun) }))
    }
    case 'statementCompleted': {
      const { elapsedMs, rows } = event
      const after = { ...before, run: { ...run, blockers: [], indexBuild: null } }
      return withStatement(after, event.name, event.statement, { state: 'complete', elapsedMs, rows })
    }
    case 'stepCompleted': {
      const after = { ...before, run: { ...run, blockers: [], lockTry: null } }
      return withLog(after, event.name, (log) => ({ ...log, state: 'completed', elapsedMs: event.elapsedMs }))
    }
    case 'stepCommitted': {
      const committed = [...run.committed, event.step]
      const after = { ...before, run: { ...run, blockers: [], lockTry: null, committed } }
      return withLog(after, event.name, (log) => ({ ...log, state: 'committed', elapsedMs: event.elapsedMs }))
    }
    case 'stepFailed': {
      const shown = { ...select(before, event.name), tab: 'log' as const }
      const after = { ...shown, run: { ...run, blockers: [], lockWait: null, lockTry: null, indexBuild: null } }
      return withLog(after, event.name, (log) => ({
        ...log,
        state: 'failed',
        failure: event.failure,
        statements: log.statements.map((statement, index) =>
          afterFailure(statement, index + 1, log, event.failure, at),
        ),
      }))
    }
    case 'runEnded': {
      const { outcome, elapsedMs, overview } = event
      const failed = stepAtWork(run)
      const failure = failed === undefined ? null : (before.logs[failed]?.failure ?? null)
      const after = { ...withOverview(before, overview), logs: afterRun(before.logs, run) }
      const { plan, committed, elsewhere } = run
      return {
        ...after,
        run: {
          kind: 'ended',
          outcome,
          plan,
          committed,
          ...(elsewhere.length > 0 && { elsewhere }),
          failure,
          elapsedMs,
        },
      }
    }
  }
}

/** The migrations of a profile after a run's stream ended; without a `runEnded` before it the run is lost from sight. */
export function runLost(before: Migrations, failure: Failure | null, at: number): Migrations {
  const { run } = before
  if (run.kind !== 'running') return before
  const isOutOfSight = failure?.kind === 'connection' && run.runId !== null
  // Refused before the first step, if only after a wait for the lock: nothing was run.
  if (failure !== null && run.step === 0 && !isOutOfSight) return { ...before, run: { kind: 'not started', failure } }
  const name = stepAtWork(run)
  const elapsedMs = run.startedAt === null ? 0 : at - run.startedAt
  const after: Migrations = {
    ...before,
    run: { kind: 'ended', outcome: 'lost', plan: run.plan, committed: run.committed, failure, elapsedMs },
  }
  if (name === undefined) return after
  return withLog(after, name, (log) => (log.state === 'running' ? lostLog(log) : log))
}

/** Steps that were completed and not committed went back with the transaction of the whole run. */
function afterRun(logs: Migrations['logs'], { plan }: RunningRun): Migrations['logs'] {
  if (!plan.isAllOrNothing) return logs
  const after = { ...logs }
  for (const { name } of plan.steps) {
    const log = logs[name]
    if (log?.state !== 'completed') continue
    const statements = log.statements.map((each) => ({ ...each, state: 'undone' as const }))
    after[name] = { ...log, state: 'undone', statements }
  }
  return after
}

function lostLog(log: StepLog): StepLog {
  const statements = log.statements.map((statement) =>
    statement.state === 'running' ? { ...statement, state: 'unknown' as const } : statement,
  )
  return { ...log, state: 'lost', statements }
}

function stepAtWork(run: RunningRun): string | undefined {
  return run.plan.steps[run.step - 1]?.name
}

function stepStarted(before: Migrations, run: RunningRun, number: number): Migrations {
  const step = run.plan.steps[number - 1]
  if (step === undefined) return before
  const { name } = step
  const log: StepLog = {
    direction: step.direction,
    file: step.file,
    isTransactional: step.isTransactional,
    isMark: step.isMark,
    state: 'running',
    statements: step.statements.map(({ line, text }, index) => ({
      line,
      text,
      state: index < step.skips ? 'earlier' : 'waiting',
      startedAt: null,
      elapsedMs: null,
      rows: null,
    })),
    elapsedMs: null,
    failure: null,
  }
  const shown = before.followsRun ? { ...select(before, name), tab: 'log' as const } : before
  return {
    ...shown,
    run: { ...run, step: number, statement: 0, lockWait: null, blockers: [], indexBuild: null, lockTry: null },
    logs: { ...before.logs, [name]: log },
  }
}

/** The transaction was rolled back to be tried again. */
function notYetRun(statement: StatementLog): StatementLog {
  if (statement.state === 'earlier') return statement
  return { ...statement, state: 'waiting', startedAt: null, elapsedMs: null, rows: null }
}

function afterFailure(
  statement: StatementLog,
  number: number,
  log: StepLog,
  failure: MigrationFailure,
  at: number,
): StatementLog {
  if (number === failure.statement) {
    const elapsedMs = statement.startedAt === null ? null : at - statement.startedAt
    return { ...statement, state: failure.cause.kind === 'cancelled' ? 'cancelled' : 'failed', elapsedMs }
  }
  if (statement.state === 'earlier') return statement
  if (statement.state === 'complete') return log.isTransactional ? { ...statement, state: 'undone' } : statement
  return { ...statement, state: 'not run' }
}

function withStatement(before: Migrations, name: string, number: number, change: Partial<StatementLog>): Migrations {
  return withLog(before, name, (log) => ({
    ...log,
    statements: log.statements.map((statement, index) =>
      index + 1 === number ? { ...statement, ...change } : statement,
    ),
  }))
}

function withLog(before: Migrations, name: string, change: (log: StepLog) => StepLog): Migrations {
  const log = before.logs[name]
  return log === undefined ? before : { ...before, logs: { ...before.logs, [name]: change(log) } }
}
