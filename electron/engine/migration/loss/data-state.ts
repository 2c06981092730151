import type { Session } from '../../session/session'

/** A relation that holds rows. */
export interface DataRelation {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** As it can be written here: with the schema where the name alone does not find it. */
  readonly shown: string
  readonly kind: 'table' | 'partitioned table' | 'materialized view'
  readonly file: string
  /** The table it is a partition of; null when it is none. */
  readonly partitionOf: string | null
  /** Rows that this transaction has deleted. */
  readonly deleted: number
  /** Rows that it has updated. */
  readonly updated: number
  readonly columns: ReadonlyMap<number, DataColumn>
}

/** A column that holds values of its own. */
export interface DataColumn {
  readonly name: string
  /** `format_type`, e.g. `numeric(12,2)`. */
  readonly type: string
}

/** Every relation with rows, by oid. */
export type DataState = ReadonlyMap<string, DataRelation>

const KINDS: Readonly<Record<string, DataRelation['kind']>> = {
  r: 'table',
  p: 'partitioned table',
  m: 'materialized view',
}

const OURS = `c.relkind in ('r', 'p', 'm') -- table, partitioned table, materialized view
    and c.relpersistence <> 't' -- temporary: it ends with the session
    and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'strata')`

const RELATIONS = `select c.oid::pg_catalog.text, n.nspname::pg_catalog.text, c.relname::pg_catalog.text,
    case when pg_catalog.pg_table_is_visible(c.oid) then pg_catalog.quote_ident(c.relname)
      else pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) end,
    c.relkind::pg_catalog.text, c.relfilenode::pg_catalog.text,
    case when c.relispartition then (select i.inhparent from pg_catalog.pg_inherits i where i.inhrelid = c.oid)::pg_catalog.text end,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), 0)::pg_catalog.text,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), 0)::pg_catalog.text
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ${OURS}`

// A generated column can be computed again.
const COLUMNS = `select a.attrelid::pg_catalog.text, a.attnum::pg_catalog.text, a.attname::pg_catalog.text,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`

/** The relations that hold rows, and their columns, as the session's transaction sees them. */
export async function readDataState(session: Session): Promise<DataState> {
  const relations = await session.query(RELATIONS)
  const columns = await session.query(COLUMNS)
  const columnsOf = new Map<string, Map<number, DataColumn>>()
  for (const [oid = '', number, name, type] of columns.rows) {
    const own = columnsOf.get(oid ?? '') ?? new Map<number, DataColumn>()
    columnsOf.set(oid ?? '', own)
    own.set(Number(number), { name: name ?? '', type: type ?? '' })
  }
  const state = new Map<string, DataRelation>()
  for (const [oid, schema, name, shown, kind, file, partitionOf, deleted, updated] of relations.rows) {
    state.set(oid ?? '', {
      oid: oid ?? '',
      schema: schema ?? '',
      name: name ?? '',
      shown: shown ?? '',
      kind: KINDS[kind ?? ''] ?? 'table',
      file: file ?? '0',
      partitionOf: partitionOf ?? null,
      deleted: Number(deleted),
      updated: Number(updated),
      columns: columnsOf.get(oid ?? '') ?? new Map(),
    })
  }
  return state
}
