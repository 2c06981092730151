import type { MigrationFile } from '../../migration-folder'

/** Migrations in the order in which yoyo applies them: by name, each behind what it depends on. `circle` holds names that never come. */
export function sortedByDependency(files: readonly MigrationFile[]): {
  readonly sorted: readonly MigrationFile[]
  readonly circle: readonly string[]
} {
  const known = new Set(files.map(({ name }) => name))
  const done = new Set<string>()
  const sorted: MigrationFile[] = []
  const open = [...files]
  while (open.length > 0) {
    // Of those that are ready the first by name: a blocked one comes as soon as it is free.
    const at = open.findIndex((file) => dependsOf(file).every((name) => done.has(name) || !known.has(name)))
    const [next] = at < 0 ? [] : open.splice(at, 1)
    if (next === undefined) break
    sorted.push(next)
    done.add(next.name)
  }
  return { sorted: [...sorted, ...open], circle: open.map(({ name }) => name) }
}

function dependsOf(file: MigrationFile): readonly string[] {
  return file.up?.header.depends ?? []
}
