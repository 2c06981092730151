import type { SchemaDrift } from '../../../../contract/rehearsal'
import { refusal } from '../../failure-error'
import type { Session } from '../../session/session'
import { beginWithLock } from '../migration-lock'
import { compareSnapshots, isSame, type SchemaDifference } from '../snapshot/compare-snapshots'
import { differenceLines } from '../snapshot/difference-lines'
import { readSnapshot } from '../snapshot/read-snapshot'
import { keepSchema, readKeptSchema } from './kept-schema'

/** Nobody presses anything for a comparison: no operator of the database may be picked instead of PostgreSQL's own (CVE-2018-1058). */
const OWN_PATH = `select pg_catalog.set_config('search_path', '', true)`

/** Lines beyond these are only counted. */
const MAX_LINES = 200

/** How the schema differs from what the migrations left; null when it does not, or when that is not known. */
export async function readDrift(session: Session): Promise<SchemaDrift | null> {
  await session.query('begin isolation level repeatable read read only')
  try {
    await session.query(OWN_PATH)
    const kept = await readKeptSchema(session)
    if (kept === null) return null
    const present = await readSnapshot(session)
    const difference = ofEverybody(compareSnapshots(kept.snapshot, present))
    if (isSame(difference)) return null
    const lines = differenceLines(difference)
    return {
      lines: lines.slice(0, MAX_LINES),
      moreLines: Math.max(0, lines.length - MAX_LINES),
      keptAt: kept.keptAt,
      checksum: present.checksum,
    }
  } finally {
    if (session.lostBecause === null) await session.query('rollback')
  }
}

/** Takes the schema as it is for what the migrations left; refused when it is not the one that was shown, or while a run is on. */
export async function acceptDrift(session: Session, checksum: string): Promise<void> {
  const isFree = await beginWithLock(session)
  try {
    if (!isFree) {
      throw refusal('profileId', 'A migration run is in progress. Take the schema as it is when that is done.')
    }
    await session.query(OWN_PATH)
    const kept = await readKeptSchema(session)
    const present = await readSnapshot(session)
    if (kept === null || present.checksum !== checksum) {
      throw refusal('checksum', 'The schema has changed since it was compared. Look at the new difference.')
    }
    const lines = differenceLines(ofEverybody(compareSnapshots(kept.snapshot, present)))
    const detail = { schema: lines.slice(0, MAX_LINES).map(({ sign, text }) => `${sign} ${text}`) }
    await session.query(
      `insert into strata.log (name, action, checksum, detail) values ('schema', 'accept-drift', $1, $2::pg_catalog.jsonb)`,
      [checksum, JSON.stringify(detail)],
    )
    await keepSchema(session, present)
    await session.query('commit')
  } catch (error) {
    if (session.lostBecause === null) await session.query('rollback').catch(() => {})
    throw error
  }
}

/** What every role sees alike: the options of a user mapping are shown to some only. */
function ofEverybody({ added, removed, changed }: SchemaDifference): SchemaDifference {
  return { added, removed, changed: changed.filter(({ after }) => after.kind !== 'user mapping') }
}
