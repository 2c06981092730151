import type { Loss } from '../../contract/loss'
import type { MigrationPlan } from '../../contract/migration'
import type { ProfileId } from '../../contract/profile'
import { askShell, type OpenStream, openStream } from '../bridge'
import { afterLossEvent, afterLossStream, lookForLosses, noteKept, noteReport } from './loss-store'

const watched = new Map<ProfileId, OpenStream>()

/** Finds out and counts what a plan destroys while it is shown; on production it is tried only with `mayTry`. */
export async function watchLosses(profileId: ProfileId, plan: MigrationPlan, mayTry = false): Promise<void> {
  endLossWatch(profileId)
  const { action, digest, isAllOrNothing } = plan
  lookForLosses(profileId, digest)
  const stream = openStream('migration.losses', { profileId, action, isAllOrNothing, digest, mayTry }, (event) =>
    noteReport(profileId, digest, (report) => afterLossEvent(report, event)),
  )
  watched.set(profileId, stream)
  const failure = await stream.ended
  if (watched.get(profileId) === stream) watched.delete(profileId)
  noteReport(profileId, digest, (report) => afterLossStream(report, failure))
}

/** Stops finding out and counting: the plan is not shown any more, and what is tried must not be in its own way. */
export function endLossWatch(profileId: ProfileId): void {
  watched.get(profileId)?.close()
  watched.delete(profileId)
}

/** Writes the rows of a table that would be lost to a CSV file that the user chooses; nothing happens when they choose none. */
export async function saveLosses(profileId: ProfileId, digest: string, losses: readonly Loss[]): Promise<void> {
  const [first] = losses
  if (first === undefined) return
  const { oid, relation } = first
  const columns = columnsToSave(losses)
  const name = [relation, ...columns.slice(0, 3)]
    .join('.')
    .replace(/["/\\]/g, '')
    .slice(0, 180)
  const reply = await askShell('dialog.chooseSaveFile', { name: `${name}.csv`, kind: 'csv' })
  if (!reply.ok) {
    noteKept(profileId, digest, oid, { kind: 'failed', failure: reply.failure })
    return
  }
  const { chosen } = reply.value
  if (chosen === null) return
  noteKept(profileId, digest, oid, { kind: 'writing', rows: 0 })
  let rows = 0
  const stream = openStream('migration.saveLoss', { profileId, token: chosen.token, oid, columns }, (event) => {
    rows = event.rows
    if (event.type === 'rowsWritten') noteKept(profileId, digest, oid, { kind: 'writing', rows })
  })
  const failure = await stream.ended
  const kept =
    failure === null ? ({ kind: 'written', rows, file: chosen.name } as const) : ({ kind: 'failed', failure } as const)
  noteKept(profileId, digest, oid, kept)
}

/** The columns that are lost or converted; none where whole rows are lost. */
function columnsToSave(losses: readonly Loss[]): string[] {
  if (losses.some(({ column }) => column === null)) return []
  return [...new Set(losses.flatMap(({ column }) => column ?? []))]
}
