import { MigrationError, type RunnableMigration, Umzug } from 'umzug'
import type { Direction } from '../../../contract/migration'
import type { PlannedStep } from './run-plan'

/** What umzug is given for one run. */
export interface UmzugRun {
  /** The planned steps, in the order they are to run. */
  readonly steps: readonly PlannedStep[]
  /** Names that are applied at this moment, or being rolled back: what was moved in this run counts. */
  readonly executed: () => readonly string[]
  /** Takes the lock and checks the plan again; whatever it throws ends the run. */
  readonly enter: () => Promise<void>
  /** Called once all steps have ended well. */
  readonly finish: () => Promise<void>
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
  const parts = partsOf(run.steps)
  for (const { names } of parts)
    if (new Set(names).size !== names.length) throw new Error('a plan names a migration twice')
  // umzug takes an empty list for what it is, but a run without steps has no reason to take the lock.
  if (parts.length === 0) return
  try {
    await run.enter()
    for (const part of parts) await runPart(run, part)
    await run.finish()
  } catch (error) {
    throw error instanceof MigrationError ? error.cause : error
  } finally {
    await run.leave()
  }
}

/** Steps that follow each other and that one call of umzug moves; a mark moves nothing. */
interface Part {
  readonly direction: Direction
  readonly isMark: boolean
  readonly names: readonly string[]
  readonly steps: readonly { readonly step: PlannedStep; readonly number: number }[]
}

function partsOf(steps: readonly PlannedStep[]): readonly Part[] {
  const parts: Part[] = []
  steps.forEach((step, index) => {
    const { direction, isMark = false } = step
    const last = parts.at(-1)
    const before =
      last !== undefined && last.direction === direction && last.isMark === isMark ? parts.pop() : undefined
    parts.push({
      direction,
      isMark,
      names: [...(before?.names ?? []), step.name],
      steps: [...(before?.steps ?? []), { step, number: index + 1 }],
    })
  })
  return parts
}

async function runPart(run: UmzugRun, part: Part): Promise<void> {
  const migrations = [...part.names]
  if (part.isMark) for (const { step, number } of part.steps) await run.move(step, number)
  else if (part.direction === 'apply') await umzugOf(run, part).up({ migrations })
  else await umzugOf(run, part).down({ migrations })
}

/** umzug orders and calls; transaction, history row, lock and plan are ours. It has no listeners and writes nothing itself. */
function umzugOf(run: UmzugRun, part: Part): Umzug<Record<string, never>> {
  return new Umzug<Record<string, never>>({
    logger: undefined,
    context: {},
    migrations: part.steps.map(({ step, number }) => runnable(run, step, number)),
    storage: {
      executed: async () => [...run.executed()],
      // The row is written inside the migration's own transaction.
      logMigration: async () => {},
      unlogMigration: async () => {},
    },
  })
}

/** Both directions are always given: umzug counts a missing `down` as done. */
function runnable(run: UmzugRun, step: PlannedStep, number: number): RunnableMigration<Record<string, never>> {
  const move = () => run.move(step, number)
  return { name: step.name, up: move, down: move }
}
