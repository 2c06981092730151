import type { MigrationAction } from '../../../../contract/migration'
import { FailureError, refusal } from '../../failure-error'
import type { FolderContents, MigrationFile } from '../migration-folder'
import type { HistoryRow } from '../migration-history'
import { irreversibleBecause } from '../migration-state'
import type { PlannedStep, RunPlan } from '../run-plan'
import type { Preparation, RehearsalPair } from './rehearse'

/** What is known of a project when a rehearsal of it is planned. */
export interface ProjectState {
  readonly contents: FolderContents | null
  /** In applied order. */
  readonly rows: readonly HistoryRow[]
  readonly plan: (action: MigrationAction) => Promise<RunPlan>
  /** The up text kept in the history; null when none was kept. */
  readonly keptUp: (name: string) => Promise<string | null>
}

/**
 * What has to run first and what is rehearsed. Those that would be applied run in their order, each after those before it; one that
 * is applied already is rolled back first, with everything applied after it, and its files are tried anew. Throws a refusal.
 */
export async function chooseWork(
  { contents, rows, plan }: Pick<ProjectState, 'contents' | 'rows' | 'plan'>,
  name: string | null,
): Promise<{ readonly preparations: readonly Preparation[]; readonly pairs: readonly RehearsalPair[] }> {
  const files = new Map(contents?.migrations.map((file) => [file.name, file]))
  const pairsOf = (steps: readonly PlannedStep[]) => steps.map((step) => pairOf(step.name, files.get(step.name)))
  if (name === null) {
    const { steps } = await planned(plan, { kind: 'apply all' })
    if (steps.length === 0) throw refusal('name', 'Every migration is applied: there is nothing to rehearse.')
    return { preparations: [], pairs: pairsOf(steps) }
  }
  if (rows.some((row) => row.name === name)) {
    const pair = pairOf(name, files.get(name))
    const { steps } = await planned(plan, { kind: 'roll back to', name })
    return { preparations: steps, pairs: [pair] }
  }
  const { steps } = await planned(plan, { kind: 'apply up to', name })
  return { preparations: steps.slice(0, -1), pairs: pairsOf(steps.slice(-1)) }
}

async function planned(plan: ProjectState['plan'], action: MigrationAction): Promise<RunPlan> {
  const made = await plan(action)
  if (made.refusals.length > 0) throw new FailureError({ kind: 'refused', issues: [...made.refusals] })
  return made
}

function pairOf(name: string, file: MigrationFile | undefined): RehearsalPair {
  if (file?.up == null) throw refusal('name', `The file of "${name}" is gone: there is nothing to rehearse.`)
  if (file.up.problem !== null) throw refusal('name', file.up.problem)
  const because = irreversibleBecause(file, undefined)
  return { name, up: file.up, down: because === null ? file.down : null, irreversibleBecause: because }
}
