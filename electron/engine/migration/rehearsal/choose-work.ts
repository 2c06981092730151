import type { MigrationAction } from '../../../../contract/migration'
import type { RehearsalPlace } from '../../../../contract/rehearsal'
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

/** What is rehearsed, on what. */
export interface ChosenWork {
  readonly preparations: readonly Preparation[]
  readonly pairs: readonly RehearsalPair[]
  /** The applied migrations that make the schema it starts from on a scratch copy, in applied order. */
  readonly replayed: readonly HistoryRow[]
  /** True when the schema it starts from was made by the very rollback that is judged: it proves nothing then. */
  readonly isAfterOwnRollback: boolean
}

/**
 * What has to run first and what is rehearsed. Those that would be applied run in their order, each after those before it. One that
 * is applied already is tried anew: on a scratch copy after those applied before it, on the database after it was rolled back with
 * everything applied after it. Throws a refusal.
 */
export async function chooseWork(
  { contents, rows, plan }: Pick<ProjectState, 'contents' | 'rows' | 'plan'>,
  name: string | null,
  place: RehearsalPlace,
): Promise<ChosenWork> {
  const files = new Map(contents?.migrations.map((file) => [file.name, file]))
  const pairsOf = (steps: readonly PlannedStep[]) => steps.map((step) => pairOf(step.name, files.get(step.name)))
  if (name === null) {
    const { steps } = await planned(plan, { kind: 'apply all' })
    if (steps.length === 0) throw refusal('name', 'Every migration is applied: there is nothing to rehearse.')
    return { preparations: [], pairs: pairsOf(steps), replayed: rows, isAfterOwnRollback: false }
  }
  const applied = rows.findIndex((row) => row.name === name)
  if (applied >= 0) {
    const pairs = [pairOf(name, files.get(name))]
    const replayed = rows.slice(0, applied)
    if (place === 'scratch') return { preparations: [], pairs, replayed, isAfterOwnRollback: false }
    const { steps } = await planned(plan, { kind: 'roll back to', name })
    return { preparations: steps, pairs, replayed, isAfterOwnRollback: true }
  }
  const { steps } = await planned(plan, { kind: 'apply up to', name })
  const pairs = pairsOf(steps.slice(-1))
  return { preparations: steps.slice(0, -1), pairs, replayed: rows, isAfterOwnRollback: false }
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
