import type { Session } from '../../session/session'
import { SNAPSHOT_FORMAT, type Snapshot } from '../snapshot/read-snapshot'
import { packSnapshot, unpackSnapshot } from './packed-snapshot'

/** The schema as the last run left it. */
export interface KeptSchema {
  readonly snapshot: Snapshot
  /** ISO 8601. */
  readonly keptAt: string
}

/** What a snapshot can be compared with: only one of the same server version, read by the same questions. */
interface Facts {
  readonly format: number
  readonly server: string
  /** The last run that the history knew of; a later one, by a Strata that keeps no schema or by one that was cut off, outdates it. */
  readonly run: string
  readonly keptAt: string
}

const KEY = 'schema'
const FACTS_KEY = 'schema facts'
/** Actions in the log after which the schema may be another. */
const LAST_RUN = `(select coalesce(max(id), 0)::text from strata.log where action in ('up', 'down', 'fail', 'resume'))`

/** Reads the schema that the last run left; null when none was kept, or what was kept can be compared with nothing. */
export async function readKeptSchema(session: Session): Promise<KeptSchema | null> {
  const tables =
    await session.query(`select c.relname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'strata' and c.relname in ('meta', 'log') and c.relkind = 'r'
      and pg_catalog.has_table_privilege(c.oid, 'select')`)
  if (tables.rows.length < 2) return null
  const { rows } = await session.query(
    `select (select v from strata.meta where k = '${FACTS_KEY}'), (select v from strata.meta where k = '${KEY}'), ${LAST_RUN}`,
  )
  const [facts, packed, lastRun] = rows[0] ?? []
  if (facts == null || packed == null) return null
  const { format, server, run, keptAt } = JSON.parse(facts) as Facts
  if (format !== SNAPSHOT_FORMAT || server !== session.facts.serverVersion || run !== lastRun) return null
  const snapshot = await unpackSnapshot(packed)
  return snapshot === null ? null : { snapshot, keptAt }
}

/** Keeps a snapshot as the schema that the last run left, in the open transaction or in one of its own. */
export async function keepSchema(session: Session, snapshot: Snapshot): Promise<void> {
  const facts = { format: SNAPSHOT_FORMAT, server: session.facts.serverVersion, keptAt: new Date().toISOString() }
  await session.query(
    `insert into strata.meta (k, v) values ('${KEY}', $1),
       ('${FACTS_KEY}', ($2::pg_catalog.jsonb || pg_catalog.jsonb_build_object('run', ${LAST_RUN}))::text)
     on conflict (k) do update set v = excluded.v`,
    [await packSnapshot(snapshot), JSON.stringify(facts)],
  )
}
