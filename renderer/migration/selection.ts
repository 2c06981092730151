import type { MigrationOverview } from '../../contract/migration'
import { keepEqual } from './keep-equal'
import type { Listing, Migrations } from './migrations'

/** The same migrations with another selection, whose texts are still to be read. */
export function select(before: Migrations, name: string): Migrations {
  return before.selected === name ? before : { ...before, selected: name, texts: { kind: 'none' }, change: null }
}

/** The same migrations with a fresh overview; the selection stays as long as it exists. */
export function withOverview(before: Migrations, fresh: MigrationOverview): Migrations {
  const known = before.listing
  const overview = known.kind === 'listed' ? keepEqual(known.overview, fresh) : fresh
  const after = {
    ...before,
    listing: known.kind === 'listed' && known.overview === overview ? known : listingOf(overview),
  }
  const isThere = overview.migrations.some((migration) => migration.name === before.selected)
  if (isThere) return after
  // What Apply would run next is what one looks for; else what was applied last.
  const shown = overview.migrations[overview.appliedCount] ?? overview.migrations.at(-1)
  return shown === undefined
    ? { ...after, selected: null, texts: { kind: 'none' }, change: null }
    : select(after, shown.name)
}

function listingOf(overview: MigrationOverview): Listing {
  return overview.folder === null ? { kind: 'no folder' } : { kind: 'listed', overview }
}
