import { createHash } from 'node:crypto'
import type { Session } from '../../session/session'
import { type KindQuery, notMember, qualified } from './kind-query'
import { otherQueries } from './other-queries'
import { relationQueries } from './relation-queries'
import { typeQueries } from './type-queries'

/** One object of a database as the catalogs describe it. */
export interface SnapshotObject {
  /** What it is, in the words of the screen: `table`, `column`, `constraint`, … */
  readonly kind: string
  /** Schema-qualified name, quoted where it must be. */
  readonly identity: string
  /** The relation or type that it is part of; null when it stands alone. */
  readonly parent: string | null
  /** Says which object of its kind it is while the database lives, renamed or not; null where that is not known. */
  readonly address: string | null
  /** What is said of it; a property that does not apply is left out. */
  readonly properties: Readonly<Record<string, string>>
}

/** Every object of a database: two snapshots tell exactly what has changed in between. */
export interface Snapshot {
  /** By kind and identity. */
  readonly objects: ReadonlyMap<string, SnapshotObject>
  /** SHA-256 over all objects: equal for equal schemas on the same server version. */
  readonly checksum: string
}

/** Version of the questions below: snapshots of another one say other things of the same schema. */
export const SNAPSHOT_FORMAT = 1

/** What every text of the catalogs depends on: with these it is the same for every role, time zone and search_path. */
const SETTINGS = Object.entries({
  search_path: '',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  quote_all_identifiers: 'off',
  lock_timeout: '2s', // the texts of views and expressions need a look at their relations, which somebody may be altering
  jit: 'off', // compiling the query takes longer than running it
})

const SETTING_CALLS = `select ${SETTINGS.map((_, index) => `pg_catalog.set_config($${2 * index + 1}, $${2 * index + 2}, true)`).join(', ')}`

/**
 * Reads every object of the session's database apart from PostgreSQL's own, the members of extensions and the history of
 * migrations. Inside an open transaction it sees that transaction's changes and leaves its settings and locks as they were; the session must be its caller's alone.
 */
export async function readSnapshot(session: Session): Promise<Snapshot> {
  const isInside = session.transactionStatus !== 'none'
  await session.query(isInside ? 'savepoint strata_snapshot' : 'begin isolation level repeatable read read only')
  try {
    await session.query(SETTING_CALLS, SETTINGS.flat())
    const { rows } = await session.query(snapshotSql(Number.parseInt(session.facts.serverVersion, 10)))
    return snapshotOf(rows.map(objectOf))
  } finally {
    if (session.lostBecause === null) {
      await session.query(isInside ? 'rollback to savepoint strata_snapshot' : 'rollback')
      if (isInside) await session.query('release savepoint strata_snapshot')
    }
  }
}

/** A snapshot of these objects. */
export function snapshotOf(objects: Iterable<SnapshotObject>): Snapshot {
  const byKey = new Map<string, SnapshotObject>()
  for (const object of objects) {
    let key = keyOf(object)
    // Two foreign keys of one name on partitions of one name do not exist; a dependency said twice does.
    for (let copy = 2; byKey.has(key); copy += 1) key = `${keyOf(object)} (${copy})`
    byKey.set(key, object)
  }
  const sorted = new Map([...byKey].sort(([one], [other]) => (one < other ? -1 : 1)))
  const hash = createHash('sha256')
  for (const [key, { properties }] of sorted) {
    hash.update(`${key}\0${JSON.stringify(properties)}\n`)
  }
  return { objects: sorted, checksum: hash.digest('hex') }
}

/** The key of an object in a snapshot. */
export function keyOf({ kind, identity }: Pick<SnapshotObject, 'kind' | 'identity'>): string {
  return `${kind} ${identity}`
}

function objectOf([kind, identity, parent, address, properties]: readonly (string | null)[]): SnapshotObject {
  return {
    kind: kind ?? '',
    identity: identity ?? '',
    parent: parent ?? null,
    address: address ?? null,
    properties: JSON.parse(properties ?? '{}'),
  }
}

const COMMON = `with namespaces as materialized (select oid, nspname from pg_catalog.pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema' and nspname <> 'strata'),
  members as materialized (select classid, objid from pg_catalog.pg_depend where deptype = 'e'), -- e = belongs to an extension
  relations as materialized (select r.*, ${qualified('n.nspname', 'r.relname')} as fq
    from pg_catalog.pg_class r join namespaces n on n.oid = r.relnamespace where ${notMember('pg_class', 'r.oid')}),
  types as materialized (select t.oid, ${qualified('n.nspname', 't.typname')} as fq
    from pg_catalog.pg_type t join namespaces n on n.oid = t.typnamespace
    where t.typtype in ('e', 'd', 'r', 'c', 'b', 'p') -- m = multirange: it comes with its range
      and (t.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c')) -- c = not the row type of a table
      and not exists (select from pg_catalog.pg_type a where a.typarray = t.oid) -- an array comes with its element
      and ${notMember('pg_type', 't.oid')})`

/** The whole question as one statement, so that all of it is seen at the same moment. */
function snapshotSql(version: number): string {
  const queries = [...relationQueries(version), ...typeQueries(version), ...otherQueries(version)]
  return `${COMMON}\n${queries.map(branchOf).join('\nunion all\n')}`
}

function branchOf({ kind, identity, parent, address, properties, from }: KindQuery): string {
  const pairs = Object.entries(properties).flatMap(([name, sql]) => (sql === undefined ? [] : [`'${name}', ${sql}`]))
  return `select ${kind}, ${identity}, ${parent ?? 'null::text'}, ${address ?? 'null::text'},
    pg_catalog.json_strip_nulls(pg_catalog.json_build_object(${pairs.join(', ')}))::text from ${from}`
}
