import type {
  Blocker,
  Direction,
  Migration,
  MigrationOverview,
  MigrationPlan,
  MigrationState,
  MigrationStep,
} from '../../../contract/migration'
import { migrationRunId } from '../../../contract/migration'
import { type Migrations, unknownMigrations } from '../../../renderer/migration/migrations'
import { type MigrationsEvent, reduceMigrations } from '../../../renderer/migration/reduce-migrations'

export const runId = migrationRunId.parse('run-1')

/** A pending migration whose title is its name. */
export function aMigration(name: string, state: MigrationState = 'pending', rest: Partial<Migration> = {}): Migration {
  return {
    name,
    title: name,
    date: null,
    state,
    isTransactional: true,
    statementCount: 2,
    irreversibleBecause: null,
    appliedAt: null,
    appliedBy: null,
    durationMs: null,
    problem: null,
    stopped: null,
    ...rest,
  }
}

/** An overview of the given migrations, of which the first `appliedCount` are in the history. */
export function anOverview(migrations: readonly Migration[], appliedCount = 0): MigrationOverview {
  return {
    folder: '/project/migrations',
    folderProblem: null,
    migrations: [...migrations],
    appliedCount,
    isPooled: false,
  }
}

/** A step of two statements. */
export function aStep(name: string, direction: Direction = 'apply', rest: Partial<MigrationStep> = {}): MigrationStep {
  return {
    name,
    title: name,
    direction,
    reason: 'Not applied yet.',
    file: `${name}.${direction === 'apply' ? 'up' : 'down'}.sql`,
    isTransactional: true,
    isMark: false,
    skips: 0,
    repairs: 0,
    statements: [
      { line: 1, text: 'select 1', destroys: false },
      { line: 2, text: 'select 2', destroys: false },
    ],
    ...rest,
  }
}

/** A plan of the given steps. */
export function aPlan(steps: readonly MigrationStep[], rest: Partial<MigrationPlan> = {}): MigrationPlan {
  return {
    digest: 'digest',
    action: { kind: steps[0]?.direction === 'roll back' ? 'roll back all' : 'apply all' },
    direction: steps[0]?.direction ?? 'apply',
    isAllOrNothing: false,
    steps: [...steps],
    refusals: [],
    database: 'shop',
    host: 'localhost',
    ...rest,
  }
}

/** Somebody who holds a lock. */
export function aBlocker(rest: Partial<Blocker> = {}): Blocker {
  return {
    backendPid: 4711,
    applicationName: 'psql',
    role: 'app_rw',
    clientAddress: '',
    state: 'idle in transaction',
    sinceMs: 12_000,
    query: 'lock table a',
    backendStart: '1',
    statementStart: '2',
    waitsFor: [],
    tabId: null,
    ...rest,
  }
}

/** The migrations of a profile after these events. */
export function migrationsAfter(...events: readonly MigrationsEvent[]): Migrations {
  return events.reduce(reduceMigrations, unknownMigrations)
}

/** The list arrived with these migrations. */
export function listArrived(migrations: readonly Migration[], appliedCount = 0): MigrationsEvent {
  return { type: 'listArrived', overview: anOverview(migrations, appliedCount) }
}

/** A run of the plan was asked for at 0 and started. */
export function runStarted(plan: MigrationPlan): readonly MigrationsEvent[] {
  return [
    { type: 'runBegun', plan, at: 0 },
    { type: 'runReported', event: { type: 'runStarted', runId, plan }, at: 0 },
  ]
}

/** The engine reported this of the run. */
export function reported(event: Extract<MigrationsEvent, { type: 'runReported' }>['event'], at = 0): MigrationsEvent {
  return { type: 'runReported', event, at }
}
