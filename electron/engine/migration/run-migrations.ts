import { MigrationError, type RunnableMigration, Umzug } from 'umzug'
import type { Direction } from '../../../contract/migration'
import type { PlannedStep } from './run-plan'

/** What umzug is given for one run. */
export interface UmzugRun {
  readonly direction: Direction
  /** The planned steps, in the order they are to run. */
  readonly steps: readonly PlannedStep[]
  /** Names in the history, as they were when the plan was checked under the lock. */
  readonly executed: () => readonly string[]
  /** Takes the lock and checks the plan again; whatever it throws ends the run. */
  readonly enter: () => Promise<void>
  /** Gives the lock back; called whenever `enter` was, however it ended. */
  readonly leave: () => Promise<void>
  /** Moves one migration and records it. */
  readonly move: (step: PlannedStep, number: number) => Promise<void>
}

/**
 * Lets umzug move the planned migrations by their explicit names. Rejects with the error of the step that failed, not with
 * umzug's wrapping of it, which carries the runner's context.
 */
export async function runMigrations(run: UmzugRun): Promise<void> {
  const names = run.steps.map((step) => step.name)
  if (new Set(names).size !== names.length) throw new Error('a plan names a migration twice')
  // umzug takes an empty list for what it is, but a run without steps has no reason to take the lock.
  if (names.length === 0) return
  const runner = new PlanRunner(run)
  try {
    if (run.direction === 'apply') await runner.up({ migrations: names })
    else await runner.down({ migrations: names })
  } catch (error) {
    throw error instanceof MigrationError ? error.cause : error
  }
}

/** umzug orders and calls; transaction, history row, lock and plan are ours. It has no listeners and writes nothing itself. */
class PlanRunner extends Umzug<Record<string, never>> {
  private readonly run: UmzugRun

  constructor(run: UmzugRun) {
    super({
      logger: undefined,
      context: {},
      migrations: run.steps.map((step, index) => runnable(run, step, index + 1)),
      storage: {
        executed: async () => [...run.executed()],
        // The row is written inside the migration's own transaction.
        logMigration: async () => {},
        unlogMigration: async () => {},
      },
    })
    this.run = run
  }

  // The only place that is passed on success, on failure and on a refusal alike: beforeCommand and afterCommand are not.
  protected override async runCommand<T>(
    command: string,
    work: (parameters: { context: Record<string, never> }) => Promise<T>,
  ): Promise<T> {
    if (command !== 'up' && command !== 'down') throw new Error(`umzug is not used for ${command}`)
    try {
      await this.run.enter()
      return await super.runCommand(command, work)
    } finally {
      await this.run.leave()
    }
  }
}

/** Both directions are always given: umzug counts a missing `down` as done. */
function runnable(run: UmzugRun, step: PlannedStep, number: number): RunnableMigration<Record<string, never>> {
  const move = (direction: Direction) => async () => {
    if (step.direction !== direction) throw new Error(`${step.name} was planned the other way`)
    await run.move(step, number)
  }
  return { name: step.name, up: move('apply'), down: move('roll back') }
}
