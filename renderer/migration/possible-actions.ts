import type { Migration } from '../../contract/migration'
import type { Migrations } from './migrations'
import { shownMigrations } from './shown-migrations'

/** Why an action cannot be asked for now; null when it can. */
export type Reason = string | null

/** Which of the panel's own actions are possible, and why not. */
export function panelReasons(migrations: Migrations): { readonly apply: Reason; readonly rollBack: Reason } {
  const busy = busyReason(migrations)
  if (busy !== null) return { apply: busy, rollBack: busy }
  const halfWay = halfWayReason(migrations)
  if (halfWay !== null) return { apply: halfWay, rollBack: halfWay }
  const { rows, appliedCount } = shownMigrations(migrations)
  const last = rows[appliedCount - 1]?.migration
  return {
    apply: appliedCount < rows.length ? null : 'Nothing is pending.',
    rollBack: last === undefined ? 'Nothing is applied.' : irreversible(last),
  }
}

/** Why the actions on one migration cannot be asked for now. */
export interface ItemReasons {
  readonly isApplied: boolean
  readonly apply: Reason
  readonly rollBack: Reason
  readonly rehearse: Reason
  readonly redo: Reason
  readonly markApplied: Reason
  readonly markNotApplied: Reason
}

/** Which actions up to or down to a migration are possible, and why not. */
export function itemReasons(migrations: Migrations, name: string): ItemReasons {
  const { rows, appliedCount } = shownMigrations(migrations)
  const index = rows.findIndex((row) => row.migration.name === name)
  const isApplied = index >= 0 && index < appliedCount
  const busy = busyReason(migrations)
  if (busy !== null || index < 0) {
    const reason = busy ?? 'It is gone.'
    return {
      isApplied,
      apply: reason,
      rollBack: reason,
      rehearse: reason,
      redo: reason,
      markApplied: reason,
      markNotApplied: reason,
    }
  }
  const stopped = rows[index]?.migration.stopped !== null
  const halfWay = halfWayReason(migrations)
  const unsettled = stopped ? null : halfWay
  if (!isApplied) {
    const absent = 'It is not in the database.'
    return {
      isApplied,
      apply: halfWay,
      rollBack: absent,
      rehearse: halfWay,
      redo: absent,
      markApplied: halfWay,
      markNotApplied: absent,
    }
  }
  // Rolling back follows the applied order backwards, so every one behind it has to go as well.
  const obstacle = rows
    .slice(index, appliedCount)
    .reverse()
    .find((row) => row.migration.irreversibleBecause !== null)
  const rollBack = halfWay ?? (obstacle === undefined ? null : irreversible(obstacle.migration))
  const isGone = rows[index]?.migration.state === 'missing'
  return {
    isApplied,
    apply: 'It is in the database already.',
    rollBack,
    // One that is applied is rolled back first.
    rehearse: isGone ? 'Its file is gone.' : rollBack,
    redo: rollBack ?? gone(rows.slice(index, appliedCount).map((row) => row.migration)),
    markApplied: stopped ? null : 'It is applied already.',
    markNotApplied: unsettled,
  }
}

/** Nothing else may run before a migration that stopped half-way is settled. */
function halfWayReason(migrations: Migrations): Reason {
  const row = shownMigrations(migrations).rows.find(({ migration }) => migration.stopped !== null)
  return row === undefined
    ? null
    : `${row.migration.title} stopped half-way. Select it, and resume it, retry it or mark it first.`
}

function gone(again: readonly Migration[]): Reason {
  const missing = again.find(({ state }) => state === 'missing')
  return missing === undefined ? null : `${missing.title} cannot be applied again. Its file is gone.`
}

/** Why not everything can be rolled back; null when it can. */
export function rollBackAllReason(migrations: Migrations): Reason {
  const first = shownMigrations(migrations).rows[0]?.migration
  if (first === undefined || panelReasons(migrations).rollBack !== null) return panelReasons(migrations).rollBack
  return itemReasons(migrations, first.name).rollBack
}

function busyReason({ listing, run }: Migrations): Reason {
  if (run.kind === 'running') return 'A run is in progress.'
  if (listing.kind === 'no folder') return 'No folder was chosen.'
  if (listing.kind !== 'listed') return 'The migrations are not known yet.'
  const { foreign, readOnlyBecause } = listing.overview
  if (readOnlyBecause !== undefined) return readOnlyBecause
  return foreign?.readOnlyBecause == null
    ? null
    : `The folder of ${foreign.tool} is read only. ${foreign.readOnlyBecause}`
}

function irreversible({ title, irreversibleBecause }: Migration): Reason {
  return irreversibleBecause === null ? null : `${title} cannot be rolled back. ${irreversibleBecause}`
}
