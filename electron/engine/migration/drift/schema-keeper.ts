import type { Session } from '../../session/session'
import { keyOf, readSnapshot, type Snapshot, type SnapshotObject, snapshotOf } from '../snapshot/read-snapshot'
import { keepSchema, readKeptSchema } from './kept-schema'

/** Keeps the schema that a run leaves behind. */
export interface SchemaKeeper {
  /** To be called when the run has ended, however it did, outside transactions; never rejects: the run is over whatever comes of it. */
  finish(lastMoved: string | null): Promise<void>
}

/** Notes, before a run, what somebody changed by hand since the last one: that stays said after it. */
export async function beginKeeping(session: Session): Promise<SchemaKeeper> {
  let canKeep = true
  let found: { readonly kept: Snapshot; readonly present: Snapshot } | null = null
  try {
    const kept = await readKeptSchema(session)
    if (kept !== null) found = { kept: kept.snapshot, present: await readSnapshot(session) }
  } catch {
    canKeep = false // what was changed by hand is not known, and must not be taken for what the run left
  }
  return {
    finish: async (lastMoved) => {
      if (!canKeep || session.lostBecause !== null || session.transactionStatus !== 'none') return
      try {
        const now = await readSnapshot(session)
        const left = found === null ? now : withoutDrift(found.kept, found.present, now)
        await keepSchema(session, left)
        if (lastMoved === null) return
        await session.query('update strata.migration set schema_after = $2 where name = $1', [lastMoved, now.checksum])
      } catch {
        // Without a kept schema nothing is compared; a run must not fail because of that.
      }
    },
  }
}

/**
 * The schema after a run as it would be without what was changed by hand before it: an object that differed then and that the run
 * did not touch is expected to be what it was expected to be.
 */
export function withoutDrift(kept: Snapshot, present: Snapshot, now: Snapshot): Snapshot {
  if (kept.checksum === present.checksum) return now
  const expected = new Map(now.objects)
  for (const [key, object] of kept.objects) {
    const was = present.objects.get(key)
    if (!isSame(object, was) && isSame(was, now.objects.get(key))) expected.set(key, object)
  }
  for (const [key, object] of present.objects) {
    if (!kept.objects.has(key) && isSame(object, now.objects.get(key))) expected.delete(key)
  }
  return snapshotOf(expected.values())
}

function isSame(one: SnapshotObject | undefined, other: SnapshotObject | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return keyOf(one) === keyOf(other) && JSON.stringify(one.properties) === JSON.stringify(other.properties)
}
