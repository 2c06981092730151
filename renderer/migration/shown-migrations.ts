import type { Migration, MigrationOverview, MigrationState } from '../../contract/migration'
import type { Listing, Migrations, Run, RunningRun } from './migrations'

/** One row of the list: the migration, and the words and look of its state. */
export interface ShownMigration {
  readonly migration: Migration
  readonly state: MigrationState
  /** The state's word, or the progress of the one at work: "3 of 5". */
  readonly word: string
  /** What the state means, for the tip. */
  readonly meaning: string
}

/** The list as it stands, steps committed by the run in progress included. */
export interface ShownMigrations {
  readonly rows: readonly ShownMigration[]
  /** How many rows, from the first, are in the database. */
  readonly appliedCount: number
}

const none: ShownMigrations = { rows: [], appliedCount: 0 }
const known = new WeakMap<Listing, WeakMap<Run, ShownMigrations>>()

/** The rows of the list; the same value for the same listing and run. */
export function shownMigrations({ listing, run }: Migrations): ShownMigrations {
  if (listing.kind !== 'listed') return none
  const ofListing = known.get(listing) ?? new WeakMap<Run, ShownMigrations>()
  known.set(listing, ofListing)
  const before = ofListing.get(run)
  if (before !== undefined) return before
  const now = run.kind === 'running' ? duringRun(listing.overview, run) : fromOverview(listing.overview)
  ofListing.set(run, now)
  return now
}

/** How many migrations Apply all would run: pending, late and failed ones. */
export function pendingCount(migrations: Migrations): number {
  return shownMigrations(migrations).rows.filter(
    ({ state, migration }) => OPEN.has(state) && migration.stopped === null,
  ).length
}

/** True when the last run of this window failed, or was lost from sight. */
export function hasFailedRun({ run }: Migrations): boolean {
  return run.kind === 'ended' && (run.outcome === 'failed' || run.outcome === 'lost')
}

/** What a row of the list is called: its title, its state or how far it is, and that it cannot be rolled back. */
export function itemName({ migration, word }: ShownMigration): string {
  return `${migration.title}, ${word}${oneWayReason(migration) === null ? '' : ', irreversible'}`
}

/** Why a migration cannot be rolled back; null when it can, or while its files are still to be written or mended. */
export function oneWayReason({ irreversibleBecause, problem }: Migration): string | null {
  return problem === null ? irreversibleBecause : null
}

const OPEN: ReadonlySet<MigrationState> = new Set(['pending', 'late', 'failed'])

const MEANING: Readonly<Record<MigrationState, string>> = {
  pending: 'Not applied yet',
  applied: 'Applied, and its file is unchanged',
  running: 'Recorded as running: at work elsewhere, or interrupted',
  failed: 'The last run failed here',
  changed: 'The file was edited after it was applied',
  missing: 'In the history, but the file is gone',
  late: 'Sorts before one that is already applied',
}

function fromOverview(overview: MigrationOverview): ShownMigrations {
  return { rows: overview.migrations.map((each) => shown(each, each.state)), appliedCount: overview.appliedCount }
}

function duringRun(overview: MigrationOverview, run: RunningRun): ShownMigrations {
  const { migrations } = overview
  let applied = migrations.slice(0, overview.appliedCount)
  let open = migrations.slice(overview.appliedCount)
  const changed = new Map<string, MigrationState>()
  for (const number of run.committed) {
    const step = run.plan.steps[number - 1]
    if (step === undefined) continue
    const { name, direction } = step
    // A list asked for in the middle of the run knows of this step already.
    const from = direction === 'apply' ? open : applied
    const moved = from.find((each) => each.name === name)
    if (moved === undefined) {
      if (direction === 'apply') changed.set(name, 'applied') // it stood half-way, and is in the history already
      continue
    }
    if (direction === 'apply') {
      open = open.filter((each) => each !== moved)
      applied = [...applied, moved]
      changed.set(name, 'applied')
    } else {
      applied = applied.filter((each) => each !== moved)
      open = [...open.filter((each) => each.name < name), moved, ...open.filter((each) => each.name > name)]
      changed.set(name, 'pending')
    }
  }
  const atWork = run.plan.steps[run.step - 1]
  const rows = [...applied, ...open].map((each) => {
    if (each.name !== atWork?.name || run.committed.includes(run.step)) {
      return shown(each, changed.get(each.name) ?? each.state)
    }
    const total = atWork.statements.length
    const word = total === 0 ? 'running' : `${Math.max(1, atWork.skips, run.statement)} of ${total}`
    return { ...shown(each, 'running'), word, meaning: `Running statement ${word}` }
  })
  return { rows, appliedCount: applied.length }
}

function shown(migration: Migration, state: MigrationState): ShownMigration {
  const why = migration.problem === null ? MEANING[state] : migration.problem
  const outside = migration.isTransactional ? '' : '. Runs without a transaction'
  return { migration, state, word: state, meaning: `${why}${outside}` }
}
