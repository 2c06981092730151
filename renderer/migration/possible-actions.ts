import type { Migration } from '../../contract/migration'
import type { Migrations } from './migrations'
import { shownMigrations } from './shown-migrations'

/** Why an action cannot be asked for now; null when it can. */
export type Reason = string | null

/** Which of the panel's own actions are possible, and why not. */
export function panelReasons(migrations: Migrations): { readonly apply: Reason; readonly rollBack: Reason } {
  const busy = busyReason(migrations)
  if (busy !== null) return { apply: busy, rollBack: busy }
  const { rows, appliedCount } = shownMigrations(migrations)
  const last = rows[appliedCount - 1]?.migration
  return {
    apply: appliedCount < rows.length ? null : 'Nothing is pending.',
    rollBack: last === undefined ? 'Nothing is applied.' : irreversible(last),
  }
}

/** Which actions up to or down to a migration are possible, and why not. */
export function itemReasons(
  migrations: Migrations,
  name: string,
): { readonly isApplied: boolean; readonly apply: Reason; readonly rollBack: Reason; readonly rehearse: Reason } {
  const { rows, appliedCount } = shownMigrations(migrations)
  const index = rows.findIndex((row) => row.migration.name === name)
  const isApplied = index >= 0 && index < appliedCount
  const busy = busyReason(migrations)
  if (busy !== null || index < 0) {
    const reason = busy ?? 'It is gone.'
    return { isApplied, apply: reason, rollBack: reason, rehearse: reason }
  }
  if (!isApplied) return { isApplied, apply: null, rollBack: 'It is not in the database.', rehearse: null }
  // Rolling back follows the applied order backwards, so every one behind it has to go as well.
  const obstacle = rows
    .slice(index, appliedCount)
    .reverse()
    .find((row) => row.migration.irreversibleBecause !== null)
  const rollBack = obstacle === undefined ? null : irreversible(obstacle.migration)
  const isGone = rows[index]?.migration.state === 'missing'
  return {
    isApplied,
    apply: 'It is in the database already.',
    rollBack,
    // One that is applied is rolled back first.
    rehearse: isGone ? 'Its file is gone.' : rollBack,
  }
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
  const { foreign } = listing.overview
  return foreign?.readOnlyBecause == null
    ? null
    : `The folder of ${foreign.tool} is read only. ${foreign.readOnlyBecause}`
}

function irreversible({ title, irreversibleBecause }: Migration): Reason {
  return irreversibleBecause === null ? null : `${title} cannot be rolled back. ${irreversibleBecause}`
}
