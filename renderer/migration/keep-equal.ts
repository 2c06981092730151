import type { MigrationOverview } from '../../contract/migration'

/** The fresh overview with everything that did not change taken from the one before: rows that are the same object are not drawn again. */
export function keepEqual(before: MigrationOverview, fresh: MigrationOverview): MigrationOverview {
  const known = new Map(before.migrations.map((migration) => [migration.name, migration]))
  const migrations = fresh.migrations.map((migration) => {
    const same = known.get(migration.name)
    return same !== undefined && isEqual(same, migration) ? same : migration
  })
  const isSameList =
    migrations.length === before.migrations.length && migrations.every((each, at) => each === before.migrations[at])
  const overview = { ...fresh, migrations: isSameList ? before.migrations : migrations }
  return isEqual(before, overview) ? before : overview
}

/** True for two values that JSON would write alike, apart from the order of keys. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const [ones, others] = [Object.entries(one), Object.entries(other)]
  if (ones.length !== others.length) return false
  return ones.every(([key, value]) => isEqual(value, (other as Record<string, unknown>)[key]))
}
