import { keyOf, type Snapshot, type SnapshotObject } from './read-snapshot'

/** One property that differs; null where it does not apply. */
export interface PropertyChange {
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

/** An object of both snapshots that is not the same in them. */
export interface ChangedObject {
  readonly before: SnapshotObject
  /** Has another identity when the object was renamed. */
  readonly after: SnapshotObject
  readonly changes: readonly PropertyChange[]
}

/** What tells two snapshots apart, object by object; nothing at all when they are the same. */
export interface SchemaDifference {
  readonly added: readonly SnapshotObject[]
  readonly removed: readonly SnapshotObject[]
  readonly changed: readonly ChangedObject[]
}

/** The exact difference from one snapshot to another. An object that only has another name is changed, where both say its address. */
export function compareSnapshots(before: Snapshot, after: Snapshot): SchemaDifference {
  const added: SnapshotObject[] = []
  const removed = new Map<string, SnapshotObject>()
  const changed: ChangedObject[] = []
  for (const [key, object] of before.objects) {
    const now = after.objects.get(key)
    if (now === undefined) removed.set(key, object)
    else addChange(changed, object, now)
  }
  const gone = new Map<string, string>()
  for (const [key, object] of removed) {
    if (object.address !== null) gone.set(`${object.kind} ${object.address}`, key)
  }
  for (const [key, object] of after.objects) {
    if (before.objects.has(key)) continue
    const oldKey = object.address === null ? undefined : gone.get(`${object.kind} ${object.address}`)
    const old = oldKey === undefined ? undefined : removed.get(oldKey)
    if (old === undefined || oldKey === undefined) added.push(object)
    else {
      removed.delete(oldKey)
      addChange(changed, old, object)
    }
  }
  return { added, removed: [...removed.values()], changed }
}

/** True when nothing tells the two snapshots apart. */
export function isSame({ added, removed, changed }: SchemaDifference): boolean {
  return added.length + removed.length + changed.length === 0
}

/** True when they are apart in nothing but the order of columns, which no statement can bring back. */
export function isOnlyColumnOrder(difference: SchemaDifference): boolean {
  const { added, removed, changed } = difference
  return (
    !isSame(difference) &&
    added.length + removed.length === 0 &&
    changed.every(({ after }) => after.kind === 'column order')
  )
}

function addChange(changed: ChangedObject[], before: SnapshotObject, after: SnapshotObject): void {
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])
  const changes: PropertyChange[] = []
  for (const name of names) {
    const was = before.properties[name] ?? null
    const is = after.properties[name] ?? null
    if (was !== is) changes.push({ name, before: was, after: is })
  }
  if (changes.length > 0 || keyOf(before) !== keyOf(after)) changed.push({ before, after, changes })
}
