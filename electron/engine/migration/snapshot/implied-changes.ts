import type { ChangedObject, PropertyChange, SchemaDifference } from './compare-snapshots'
import type { SnapshotObject } from './read-snapshot'

/** Tells which parts of a difference only follow from other parts of it, so that nobody needs to read them. */
export interface Implied {
  readonly added: (object: SnapshotObject) => boolean
  readonly removed: (object: SnapshotObject) => boolean
  /** The object's new name is only its relation's. */
  readonly renamed: (change: ChangedObject) => boolean
  readonly property: (change: ChangedObject, property: PropertyChange) => boolean
  /** The order of columns changed by nothing but columns that came at the end, went or were renamed. */
  readonly order: (change: ChangedObject) => boolean
}

const OWNERS = new Set([
  'table',
  'partitioned table',
  'view',
  'materialized view',
  'foreign table',
  'composite type',
  'domain',
])

/** What follows from what in a difference. */
export function impliedIn({ added, removed, changed }: SchemaDifference): Implied {
  const renamed = changed.filter(({ before, after }) => before.identity !== after.identity)
  const renamedOwners = new Map(renamed.map(({ before, after }) => [before.identity, after.identity]))
  const columns = {
    added: namesByParent(added),
    removed: namesByParent(removed),
    renamed: new Map(renamed.map(({ before, after }) => [before.identity, localName(after)])),
  }
  return {
    added: impliedAmong(added),
    removed: impliedAmong(removed),
    renamed: ({ before, after }) =>
      before.parent !== null &&
      after.parent !== null &&
      renamedOwners.get(before.parent) === after.parent &&
      localName(before) === localName(after),
    property: ({ after, changes }, property) => {
      if (property.name === 'not null constraint')
        return changes.some(({ name }) => name === 'not null') || after.kind !== 'column'
      if (property.before === null || property.after === null) return false
      let text = property.before
      for (const [from, to] of renamedOwners) text = text.replaceAll(from, to)
      return text === property.after
    },
    order: (change) => isOrderImplied(change, columns),
  }
}

/** With a relation come its columns' order and its constraints' indexes; view columns come with the view's definition. */
function impliedAmong(objects: readonly SnapshotObject[]): (object: SnapshotObject) => boolean {
  const owners = new Map(objects.filter(({ kind }) => OWNERS.has(kind)).map((object) => [object.identity, object.kind]))
  const constraints = new Set(objects.filter(({ kind }) => kind === 'constraint').map(({ identity }) => identity))
  return ({ kind, parent, properties }) => {
    if (kind === 'column order') return parent !== null && owners.has(parent)
    if (kind === 'column') return parent !== null && /view$/.test(owners.get(parent) ?? '')
    if (kind !== 'index' || properties['of constraint'] === undefined) return false
    const name = properties['of constraint']
    return constraints.has(`${parent}.${name}`) || constraints.has(`${parent}."${name.replaceAll('"', '""')}"`)
  }
}

interface ColumnMoves {
  readonly added: ReadonlyMap<string, ReadonlySet<string>>
  readonly removed: ReadonlyMap<string, ReadonlySet<string>>
  readonly renamed: ReadonlyMap<string, string>
}

function isOrderImplied({ before, after }: ChangedObject, moves: ColumnMoves): boolean {
  const was = listOf(before.properties.columns)
  const is = listOf(after.properties.columns)
  const gone = moves.removed.get(before.identity) ?? new Set()
  const come = moves.added.get(after.identity) ?? new Set()
  const kept = was
    .filter((name) => !gone.has(name))
    .map((name) => moves.renamed.get(`${before.identity}.${name}`) ?? name)
  return kept.every((name, index) => is[index] === name) && is.slice(kept.length).every((name) => come.has(name))
}

function namesByParent(objects: readonly SnapshotObject[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const object of objects) {
    if (object.kind !== 'column' || object.parent === null) continue
    const own = names.get(object.parent) ?? new Set()
    names.set(object.parent, own.add(localName(object)))
  }
  return names
}

/** Quoted names may hold the separator. */
function listOf(columns: string | undefined): readonly string[] {
  return columns?.match(/"(?:[^"]|"")+"|[^,\s]+/g) ?? []
}

function localName({ identity, parent }: SnapshotObject): string {
  return parent !== null && identity.startsWith(`${parent}.`) ? identity.slice(parent.length + 1) : identity
}
